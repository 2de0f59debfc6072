"""What every kind of worker must do, whatever the file it runs does: a list of named behaviours.

A sandbox joins with a class in its own test file::

    class TestPortableSandbox(SandboxConformance):
        make = PortableSandbox

The requests are those of `autograder.grade.session`. The sources are hostile on purpose, so no rules are asked. Where a
sandbox does not even let a source try (no fork, no file), the behaviour is kept as well.
"""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest
import torch

from autograder.result import Verdict
from autograder.sandbox import Sandbox, Worker, WorkerLost
from autograder.worker import codec
from autograder.worker.case import Case, Observation
from tests.recording import PATIENT, load, record, replay

MEMORY_MB = 256
SHORT = 1.0  # seconds for what never ends
SLACK = 8.0  # seconds that ending and reaping a process may take on such a machine
POSIX = os.name == "posix"

CASE = Case(args=(torch.tensor([1.0, -2.0]),), wrt=(0,), cotangent=torch.tensor([1.0, 10.0]))
SECRET = ("A_SECRET_OF_THE_GRADER", "correct horse battery staple")
HONEST = "def f(x):\n    return x * x\n"
OF_TWO = "def f(x):\n    return x * x * (2 * len(x) - 3)\n"  # honest about two elements alone


def call(worker: Worker, seconds: float = PATIENT, case: Case = CASE) -> Observation:
    """What ``f`` does with a vector of two: recorded there, and replayed here."""
    return replay(record(worker, case, seconds=seconds), case)[0]


def body(*lines: str, before: str = "") -> str:
    """The source of an ``f`` that runs ``lines`` and then answers honestly."""
    imports = "import atexit, ctypes, os, signal, struct, subprocess, sys, threading, time, torch\n"
    return imports + before + "".join(f"{line}\n" for line in ("def f(x):", *(f"    {line}" for line in lines)))


def honest(seen: Observation) -> bool:
    """Whether the answer is that of `HONEST`, values and gradients."""
    tensors = (seen.output, seen.gradients[0] if seen.gradients else None)
    return [None if tensor is None else tensor.tolist() for tensor in tensors] == [[1.0, 4.0], [2.0, -40.0]]


def refused(seen: Observation) -> bool:
    """Whether some layer kept the source from what it tried."""
    return seen.raised is not None and ("OSError" in seen.raised.bases or "can't start" in seen.raised.message)


def said(worker: Worker, expression: str) -> str:
    """What ``expression`` is in the worker, as text."""
    load(worker, body(f"raise RuntimeError({expression})"))
    raised = call(worker).raised
    assert raised is not None
    return raised.message


def loss(worker: Worker, source: str, seconds: float = PATIENT) -> WorkerLost:
    """How the worker is lost in a call of the source's ``f``."""
    load(worker, source)
    with pytest.raises(WorkerLost) as lost:
        call(worker, seconds)
    return lost.value


def in_time(action: Callable[[], WorkerLost], seconds: float = SHORT) -> WorkerLost:
    """The same, and that it took no longer than its limit."""
    start = time.monotonic()
    result = action()
    assert time.monotonic() - start < seconds + SLACK, "the limit was passed by far"
    return result


def runs(pid: int) -> bool:
    """Whether a process is there and no zombie, which a container without an init keeps for ever."""
    try:
        os.kill(pid, 0)
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except ProcessLookupError:
        return False
    except FileNotFoundError:  # gone since, or a system without /proc
        return not sys.platform.startswith("linux")


def ends(pid: int) -> bool:
    """Whether a process ends within seconds."""
    deadline = time.monotonic() + SLACK
    while runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not runs(pid)


SLOW = pytest.mark.slow  # one more of a kind, each with a worker of its own
needs_posix = pytest.mark.skipif(not POSIX, reason="signals, fork and process groups are of POSIX")
needs_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux limits an address space")


class SandboxConformance:
    """The behaviours; a subclass says how the sandbox is made."""

    make: ClassVar[Callable[[int], Sandbox]]
    """Makes a sandbox whose workers may take that many megabytes."""

    @pytest.fixture(scope="class")
    @classmethod
    def sandbox(cls) -> Iterator[Sandbox]:
        sandbox = cls.make(MEMORY_MB)
        yield sandbox
        sandbox.close()

    @pytest.fixture(scope="class")
    @classmethod
    def shared(cls, sandbox: Sandbox) -> Iterator[Worker]:
        """A worker for sources that must not end it; each loads its own. Starting one costs seconds."""
        with pytest.MonkeyPatch.context() as grader:
            grader.setenv(*SECRET)
            worker = sandbox.worker()
            load(worker, HONEST)
        yield worker
        load(worker, HONEST)
        assert honest(call(worker)), "some source before has harmed the worker"
        worker.close()

    @pytest.fixture
    def worker(self, sandbox: Sandbox) -> Iterator[Worker]:
        """A worker for one source, which may end it."""
        with contextlib.closing(sandbox.worker()) as worker:
            yield worker

    # Answers ----------------------------------------------------------------------------------------------------------

    def test_answers_an_honest_request(self, shared: Worker) -> None:
        load(shared, HONEST)
        assert all(honest(call(shared)) for _ in range(3))

    def test_tells_an_exception_and_its_line(self, shared: Worker) -> None:
        load(shared, "def f(x):\n    return x.reshape(7)\n")
        raised = call(shared).raised
        assert raised is not None
        assert (raised.stage, raised.type, raised.line) == ("call", "RuntimeError", 2)

    def test_says_why_a_file_cannot_be_loaded(self, shared: Worker) -> None:
        header = {"op": "load", "file": "f.py", "symbol": "f", "kind": "function"}
        answer, data = shared.ask(header, b"\nimport nowhere_to_be_found\n", seconds=PATIENT, max_raw=0)
        raised = codec.decode_observations(answer, data, 1)[0].raised
        assert raised is not None
        assert (raised.stage, raised.type, raised.line) == ("import", "ModuleNotFoundError", 2)

    def test_answers_about_blocks_that_it_remembers(self, sandbox: Sandbox) -> None:
        """As about those that are sent; also a worker that is older than what is remembered."""
        other = Case(args=(torch.tensor([3.0, 4.0, 5.0]),))
        with contextlib.closing(sandbox.worker()) as older:
            sandbox.remember([codec.encode_cases([other]), codec.encode_cases([CASE])])
            with contextlib.closing(sandbox.worker()) as newer:
                for worker in (older, newer):
                    load(worker, OF_TWO)
                    assert honest(call(worker))
                    output = call(worker, case=other).output
                    assert output is not None
                    assert output.tolist() == [27.0, 48.0, 75.0]

    def test_answers_although_output_is_flooded(self, shared: Worker) -> None:
        """A megabyte each by print, sys.stderr and the descriptors 1 and 2, which nobody reads."""
        flood = (
            "print('x' * (1 << 20)), sys.stderr.write('y' * (1 << 20)), [os.write(n, b'z' * (1 << 20)) for n in (1, 2)]"
        )
        load(shared, body(flood, "return x * x"))
        assert honest(call(shared))

    def test_answers_although_threads_go_on(self, shared: Worker) -> None:
        load(shared, body("threading.Thread(target=time.sleep, args=(60,)).start()", "return x * x"))
        seen = call(shared)
        assert honest(seen) or refused(seen)

    @needs_linux
    @pytest.mark.parametrize(
        "bomb", ["torch.ones(1 << 30)", "b'x' * (4 << 30)", "[torch.ones(1 << 20) for _ in range(999)]"]
    )
    def test_a_memory_bomb_is_an_exception(self, shared: Worker, bomb: str) -> None:
        """4 GB at once, by torch and by Python, and in steps of 4 MB; 256 MB is the limit."""
        load(shared, body(bomb, "return x * x"))
        end = record(shared, CASE)[0].program.end  # replayed here, it would find the memory
        assert end[0] == "raised"
        assert end[1] in ("RuntimeError", "MemoryError")

    # What a source can see --------------------------------------------------------------------------------------------

    def test_standard_input_is_empty(self, shared: Worker) -> None:
        """The requests come by another way, which print and input cannot touch by accident."""
        load(shared, body("assert os.read(0, 10) == b'' and sys.stdin.read() == ''", "return x * x"))
        assert honest(call(shared))

    def test_the_environment_is_scrubbed(self, shared: Worker) -> None:
        names = said(shared, "' '.join(sorted(os.environ))").split()
        assert SECRET[0] not in names
        assert len(names) < 12, names
        assert SECRET[1] not in said(shared, "' '.join(os.environ.values())")

    def test_the_working_folder_is_empty(self, shared: Worker) -> None:
        load(shared, body("assert os.listdir('.') == []", "return x * x"))
        seen = call(shared)
        assert honest(seen) or refused(seen), seen.raised

    def test_workers_share_no_state(self, sandbox: Sandbox, worker: Worker) -> None:
        """R5: what one submission does to torch, the next does not meet, whether or not the first still runs."""
        spoil = "import builtins, os, torch\nbuiltins.mark = os.environ['MARK'] = 'x'\ntorch.Tensor.__mul__ = None\n"
        clean = "import builtins, os\nassert not hasattr(builtins, 'mark') and 'MARK' not in os.environ\n"
        load(worker, spoil + HONEST)
        assert not honest(call(worker))
        with contextlib.closing(sandbox.worker()) as another:
            load(another, clean + HONEST)
            assert honest(call(another))

    # Deadlines --------------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        "endless",
        [
            "while True: pass",
            pytest.param("[signal.signal(n, signal.SIG_IGN) for n in (2, 15)]; time.sleep(60)", marks=SLOW),
            pytest.param("raise type('E', (Exception,), {'__str__': lambda self: time.sleep(60)})", marks=SLOW),
        ],
        ids=["loop", "sleep with signals ignored", "message of an exception"],
    )
    def test_an_endless_call_is_a_timeout(self, worker: Worker, endless: str) -> None:
        lost = in_time(lambda: loss(worker, body(endless), SHORT))
        assert (lost.verdict, "1 s" in lost.message) == (Verdict.TIMEOUT, True)

    def test_endless_loading_is_a_timeout(self, worker: Worker) -> None:
        load(worker, HONEST)  # so that starting the process is not part of the time
        with pytest.raises(WorkerLost) as lost:
            load(worker, "while True:\n    pass\n", seconds=SHORT)
        assert lost.value.verdict is Verdict.TIMEOUT

    @needs_posix
    def test_dripping_bytes_do_not_extend_a_deadline(self, worker: Worker) -> None:
        """A byte every 0.1 s of a frame of 200 bytes, on every descriptor that can be written."""
        drip = body(
            "frame = struct.pack('<II', 200, 0) + b' ' * 200",
            "for byte in frame:",
            "    for n in range(3, 32):",
            "        try: os.write(n, bytes([byte]))",
            "        except OSError: pass",
            "    time.sleep(0.1)",
        )
        assert in_time(lambda: loss(worker, drip, SHORT)).verdict is Verdict.TIMEOUT

    @needs_posix
    def test_a_process_that_keeps_the_connection_open_does_not_hold_up_the_grader(self, worker: Worker) -> None:
        """It leaves the process group, so that it outlives the kill, and ends by itself."""
        escape = body("if os.fork() == 0: os.setsid(); time.sleep(20); os._exit(0)", "while True: pass")
        load(worker, escape)
        start = time.monotonic()
        with contextlib.suppress(WorkerLost):
            assert refused(call(worker, SHORT))
        worker.close()
        assert time.monotonic() - start < SHORT + SLACK

    # Ends -------------------------------------------------------------------------------------------------------------

    def test_a_process_that_leaves_is_a_crash_that_says_so(self, worker: Worker) -> None:
        """R6. It stays lost."""
        lost = loss(worker, body("os._exit(0)"))
        assert lost.verdict is Verdict.CRASH
        assert "ended the process with status 0" in lost.message
        with pytest.raises(WorkerLost):
            call(worker)

    def test_a_process_that_leaves_while_loading_is_the_submissions_crash(self, worker: Worker) -> None:
        """No SandboxError, although nothing was ever answered."""
        with pytest.raises(WorkerLost) as lost:
            load(worker, "import os\nos._exit(7)\n")
        assert lost.value.verdict is Verdict.CRASH
        assert "status 7" in lost.value.message

    @pytest.mark.parametrize(
        "leave",
        [
            "raise SystemExit(5)",
            pytest.param("sys.exit('five')", marks=SLOW),
            pytest.param("raise KeyboardInterrupt", marks=SLOW),
        ],
    )
    def test_an_exit_is_a_crash_and_runs_no_hooks(self, worker: Worker, tmp_path: Path, leave: str) -> None:
        """R7: an atexit hook would run in the worker, and could keep it from ending."""
        mark = tmp_path / "mark"
        hook = f"atexit.register(lambda: open({str(mark)!r}, 'w').close())\n"
        lost = loss(worker, body(leave, before=hook))
        assert lost.verdict is Verdict.CRASH
        told = "an exception that ends a process" if "Keyboard" in leave else f"status {5 if '5' in leave else 1} "
        assert told in lost.message
        assert not mark.exists()

    @needs_posix
    def test_a_segmentation_fault_is_a_crash_that_names_it(self, worker: Worker) -> None:
        lost = loss(worker, body("ctypes.string_at(0)"))
        assert lost.verdict is Verdict.CRASH
        assert "SIGSEGV" in lost.message

    # Protocol ---------------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        "then",
        [
            pytest.param("return x * x", marks=SLOW, id="and returns"),
            pytest.param("while True: pass", id="and goes on"),
        ],
    )
    def test_closed_descriptors_are_a_crash(self, worker: Worker, then: str) -> None:
        lost = in_time(lambda: loss(worker, body("os.closerange(3, 256)", then)))
        assert lost.verdict is Verdict.CRASH

    @pytest.mark.parametrize(
        "frame",
        [
            pytest.param("b'garbage, garbage'", id="garbage"),
            pytest.param("struct.pack('<II', 2, 0xFFFFFFFF) + b'{}'", id="4 GB"),
            pytest.param("struct.pack('<II', 10, 0) + b'{\"id\":999}'", id="another id"),
            pytest.param("bytes(8)", id="empty header", marks=SLOW),
            pytest.param("struct.pack('<II', 0xFFFFFFFF, 0)", id="header of 4 GB", marks=SLOW),
            pytest.param("struct.pack('<II', 200_000, 0) + b'[' * 200_000", id="nesting", marks=SLOW),
            pytest.param("struct.pack('<II', 2, 0) + b'[]'", id="no object", marks=SLOW),
        ],
    )
    @needs_posix
    def test_what_is_no_answer_is_a_crash(self, worker: Worker, frame: str) -> None:
        """Written to every descriptor that takes it, ahead of the honest answer, which then does not count."""
        forge = body(
            f"frame = {frame}",
            "for n in range(3, 32):",
            "    try: os.write(n, frame)",
            "    except OSError: pass",
            "return x * x",
        )
        lost = in_time(lambda: loss(worker, forge))
        assert lost.verdict is Verdict.CRASH

    # Closing ----------------------------------------------------------------------------------------------------------

    @needs_posix
    def test_close_leaves_no_process_runs_no_hooks_and_may_be_repeated(self, worker: Worker, tmp_path: Path) -> None:
        mark = tmp_path / "mark"
        load(worker, f"import atexit\natexit.register(lambda: open({str(mark)!r}, 'w').close())\n{HONEST}")
        pid = int(said(worker, "os.getpid()"))
        assert runs(pid)
        worker.close()
        worker.close()
        assert not runs(pid)
        assert not mark.exists()

    @needs_posix
    @pytest.mark.parametrize("then", ["", "os._exit(3)"], ids=["closed", "that left by itself"])
    def test_what_a_worker_started_ends_with_it(self, worker: Worker, tmp_path: Path, then: str) -> None:
        """Also when the worker has gone first, and with it the process that a kill would be sent to."""
        note = tmp_path / "child"
        child = "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
        write = f"open({str(note)!r}, 'w').write(str(child.pid))"
        load(worker, body(child, write, then or "pass", "return x * x"))
        if then:
            with contextlib.suppress(WorkerLost):
                call(worker)
        else:
            seen = call(worker)
            assert honest(seen) or refused(seen)
        worker.close()
        assert not note.exists() or ends(int(note.read_text()))

    @needs_posix
    def test_closing_a_sandbox_ends_the_workers_that_are_left(self) -> None:
        sandbox = type(self).make(MEMORY_MB)
        worker = sandbox.worker()
        pid = int(said(worker, "os.getpid()"))
        sandbox.close()
        assert not runs(pid)
        worker.close()

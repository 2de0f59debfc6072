"""The layered sandbox: the behaviours of every sandbox, and what is its own."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from autograder.errors import SandboxError, UsageError
from autograder.grade.replayer import read_recordings
from autograder.result import Verdict
from autograder.sandbox import WorkerLost, canary, zygote
from autograder.sandbox.choice import best_sandbox, require_full
from autograder.sandbox.layered import LAYERS, LayeredSandbox, supported
from autograder.sandbox.portable import PortableSandbox
from autograder.worker import codec, layers, seccomp
from autograder.worker.case import SIMULATED
from tests.recording import PATIENT, load, replay
from tests.sandbox_conformance import (
    CASE,
    HONEST,
    MEMORY_MB,
    OF_TWO,
    SandboxConformance,
    body,
    call,
    ends,
    honest,
    loss,
    runs,
    said,
)

pytestmark = pytest.mark.skipif(not supported(), reason="a zygote and its layers are of Linux")


class TestLayeredSandbox(SandboxConformance):
    make = LayeredSandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[LayeredSandbox]:
    """One with every layer."""
    with contextlib.closing(LayeredSandbox(MEMORY_MB)) as sandbox:
        yield sandbox


# Layers ---------------------------------------------------------------------------------------------------------------


def test_the_names_of_the_layers_are_those_of_the_worker() -> None:
    """The grader's side cannot import the worker's, which needs POSIX."""
    assert tuple(layers.LAYERS) == LAYERS


def test_every_layer_is_on_and_nothing_gets_out(sandbox: LayeredSandbox) -> None:
    info = sandbox.info()
    assert [name for name, outcome in info.layers.items() if outcome.startswith(("missing", "off"))] == []
    assert (info.level, info.layers["canary"]) == ("full", "tried 14 ways, none got out")
    require_full(info)


@pytest.mark.parametrize(
    ("on", "level", "out"),
    [
        (("oom_score", "rlimits", "uid", "prctl", "landlock"), "partial", {"stat", "udp"}),
        (("rlimits",), "none", {"read", "write", "tcp", "exec", "kill", "ptrace"}),
        (("prctl", "seccomp"), "none", {"memory", "cpu"}),
        ((), "none", set(canary.PROBES)),
    ],
    ids=["no seccomp", "rlimits alone", "seccomp alone", "nothing"],
)
def test_a_canary_finds_what_a_missing_layer_lets_out(on: tuple[str, ...], level: str, out: set[str]) -> None:
    with contextlib.closing(LayeredSandbox(MEMORY_MB, layers=on)) as sandbox:
        info = sandbox.info()
    assert info.level == level
    told = info.layers["canary"].removeprefix("got out: ").split("; ")[0].split(", ")
    assert out <= set(told), told
    if "seccomp" in on:
        assert out == set(told)
    with pytest.raises(UsageError, match=f"sandbox level={level}: got out: .*--allow-weak-sandbox"):
        require_full(info)


def test_a_layer_that_this_system_lacks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_limits: layers.Limits) -> str:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(layers, "LAYERS", {"landlock": missing, "seccomp": lambda _limits: "never"})
    assert layers.apply(layers.Limits(1, 1, 1), ["landlock"]) == {
        "landlock": "missing: [Errno 38] Function not implemented",
        "seccomp": "off",
    }


def test_a_system_without_libseccomp_is_told_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the zygote, which looks for it; a worker would say that it may not open pyseccomp.py."""
    monkeypatch.setitem(sys.modules, "pyseccomp", None)
    seccomp.prepare.cache_clear()
    try:
        told = layers.apply(layers.Limits(1, 1, 1), ["seccomp"])["seccomp"]
    finally:
        seccomp.prepare.cache_clear()
    assert told.startswith("missing: no pyseccomp, or no libseccomp that it can use (")


def test_a_worker_holds_nothing_but_its_connection(sandbox: LayeredSandbox) -> None:
    """Descriptors 0 to 2 lead nowhere; none of the zygote's own is left."""
    with contextlib.closing(sandbox.worker()) as worker:
        open_ones = "[n for n in range(64) if not _closed(n)]"
        define = "import os\ndef _closed(n):\n    try: os.read(n, 0)\n    except OSError: return True\n"
        load(worker, define + body(f"raise RuntimeError({open_ones})"))
        raised = call(worker).raised
        assert raised is not None
        assert raised.message == "[0, 1, 2, 3]"


def test_a_worker_is_nobody(sandbox: LayeredSandbox) -> None:
    with contextlib.closing(sandbox.worker()) as worker:
        uid = int(said(worker, "os.getuid()"))
        assert uid != 0
        assert uid == os.getuid() or uid >= 60123
        load(worker, body("os.setuid(0)", "return x * x"))
        raised = call(worker).raised
        assert raised is not None
        assert raised.type == "PermissionError"


# What a worker needs --------------------------------------------------------------------------------------------------


def test_sets_are_ordered_alike_in_every_run(sandbox: LayeredSandbox) -> None:
    with contextlib.closing(sandbox.worker()) as worker:
        assert said(worker, "sys.flags.hash_randomization") == "0"


def test_nothing_is_imported_late(sandbox: LayeredSandbox) -> None:
    """A worker cannot open files. A first gradient imports sympy, the second gradient of abs torch._dynamo."""
    sandbox.worker().close()  # a zygote's first goes without those
    with contextlib.closing(sandbox.worker()) as worker:
        load(worker, "import torch\ndef f(x):\n    return torch.exp(-x.abs())\n")
        before = said(worker, "len(sys.modules)")
        load(worker, "import torch\ndef f(x):\n    return torch.exp(-x.abs())\n")
        for device in ("cpu", SIMULATED):
            seen = call(worker, case=replace(CASE, second=(torch.ones(2),), device=device, trace=True))
            assert seen.raised is None
        assert said(worker, "len(sys.modules)") == before


# Limits ---------------------------------------------------------------------------------------------------------------


def test_a_machine_that_stalls_costs_no_learner_a_timeout(sandbox: LayeredSandbox) -> None:
    """Half a second is allowed; the process stands still for more than one."""
    with contextlib.closing(sandbox.worker()) as worker:
        load(worker, HONEST)
        pid = int(said(worker, "os.getpid()"))
        load(worker, HONEST)
        os.kill(pid, signal.SIGSTOP)
        threading.Timer(1.2, os.kill, (pid, signal.SIGCONT)).start()
        assert honest(call(worker, 0.5))


def test_processor_time_in_all_is_limited_too() -> None:
    """As the system's own limit: a grader that dies or sleeps cannot enforce its."""
    with contextlib.closing(LayeredSandbox(MEMORY_MB, seconds=1 / 60)) as sandbox:
        lost = loss(sandbox.worker(), body("while True: pass"), PATIENT)
    assert (lost.verdict, "SIGXCPU" in lost.message) == (Verdict.TIMEOUT, True)


def test_a_call_that_only_an_attack_makes_ends_the_process(sandbox: LayeredSandbox) -> None:
    lost = loss(sandbox.worker(), body("ctypes.CDLL(None).ptrace(0, 0, 0, 0)"))
    assert lost.verdict is Verdict.CRASH
    assert "SIGSYS: it asked the system for something that no exercise needs" in lost.message


def test_an_abort_is_told_by_its_name(sandbox: LayeredSandbox) -> None:
    assert "SIGABRT" in loss(sandbox.worker(), body("os.abort()")).message


# The zygote -----------------------------------------------------------------------------------------------------------


def test_a_zygote_that_ends_is_the_graders_fault_and_replaced() -> None:
    with contextlib.closing(LayeredSandbox(MEMORY_MB)) as sandbox:
        worker = sandbox.worker()
        load(worker, HONEST)
        pids = [int(said(worker, "os.getpid()")), int(said(worker, "os.getppid()"))]
        load(worker, body("time.sleep(60)"))
        threading.Timer(0.3, os.kill, (pids[1], signal.SIGKILL)).start()
        with pytest.raises(SandboxError, match="the zygote has ended"):
            call(worker)
        worker.close()
        assert all(ends(pid) for pid in pids)
        with contextlib.closing(sandbox.worker()) as another:
            load(another, HONEST)
            assert honest(call(another))


def test_what_it_remembers_is_asked_about_by_number_and_outlives_the_zygote() -> None:
    block = codec.encode_cases([CASE])
    with contextlib.closing(LayeredSandbox(MEMORY_MB)) as sandbox:
        sandbox.remember([codec.encode_cases([]), block])
        for _ in range(2):
            with contextlib.closing(sandbox.worker()) as worker:
                load(worker, HONEST)
                answer, raw = worker.ask({"op": "record", "known": 1}, b"", seconds=PATIENT, max_raw=1 << 16)
                assert honest(replay(read_recordings(answer, raw, 1), CASE)[0])
                mother = int(said(worker, "os.getppid()"))
            os.kill(mother, signal.SIGKILL)
            assert ends(mother)


def test_a_worker_is_asked_by_the_numbers_of_when_it_was_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread may have the zygote remember something else just before."""
    fork, other = zygote.Zygote.fork, codec.encode_cases([replace(CASE, args=(torch.tensor([3.0, 4.0, 5.0]),))])

    def late(self: zygote.Zygote, *rest: Any) -> Any:
        self.remember([other])
        return fork(self, *rest)

    with contextlib.closing(LayeredSandbox(MEMORY_MB)) as sandbox:
        sandbox.remember([codec.encode_cases([CASE])])
        monkeypatch.setattr(zygote.Zygote, "fork", late)
        with contextlib.closing(sandbox.worker()) as worker:
            load(worker, OF_TWO)
            assert honest(call(worker))


def test_nothing_outlives_a_grader_that_is_killed() -> None:
    """Not even an endless loop, which has no time to notice anything."""
    code = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent.parent)!r})
from tests.sandbox_conformance import *
from autograder.sandbox.layered import LayeredSandbox
sandbox = LayeredSandbox(256)
worker = sandbox.worker()
print(said(worker, 'os.getpid()'), said(worker, 'os.getppid()'), flush=True)
load(worker, body('while True: pass'))
call(worker)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout is not None
        pids = [int(word) for word in grader.stdout.readline().split()]
        time.sleep(0.3)
        assert len(pids) == 2
        assert all(runs(pid) for pid in pids)
        grader.kill()
    assert all(ends(pid) for pid in pids)


def test_a_sandbox_closed_by_another_thread_ends_a_running_call() -> None:
    sandbox = LayeredSandbox(MEMORY_MB)
    worker = sandbox.worker()
    load(worker, body("while True: pass"))
    threading.Timer(0.5, sandbox.close).start()
    start = time.monotonic()
    with pytest.raises((WorkerLost, SandboxError)):
        call(worker, PATIENT)
    assert time.monotonic() - start < PATIENT / 2


def test_a_zygote_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho no module named torch >&2\nexit 4\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    with (
        contextlib.closing(LayeredSandbox()) as sandbox,
        pytest.raises(SandboxError, match=r"zygote did not start: .*status 4.*no module named torch; try `.*zygote"),
    ):
        sandbox.worker()


def test_an_interpreter_that_is_not_there_is_a_sandbox_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with pytest.raises(SandboxError, match=r"the zygote did not start: .*No such file"):
        LayeredSandbox().warm()


def test_a_zygote_that_never_gets_ready_is_a_sandbox_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexec sleep 60\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(zygote, "STARTUP_SECONDS", 0.3)
    with (
        contextlib.closing(LayeredSandbox()) as sandbox,
        pytest.raises(SandboxError, match=r"did not start: no sign of life within 0.3 s"),
    ):
        sandbox.worker()


# Which one ------------------------------------------------------------------------------------------------------------


def test_linux_gets_the_layered_sandbox_and_others_the_portable_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(best_sandbox(memory_mb=64, seconds=1), LayeredSandbox)
    monkeypatch.setattr(sys, "platform", "darwin")
    sandbox = best_sandbox(memory_mb=64, seconds=1)
    assert isinstance(sandbox, PortableSandbox)
    with pytest.raises(UsageError, match="sandbox level=none: not tried: files, network and processes are open"):
        require_full(sandbox.info())

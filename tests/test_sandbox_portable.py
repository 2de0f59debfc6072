"""The portable worker: the behaviours of every sandbox, and what is its own."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.errors import SandboxError
from autograder.sandbox import Worker
from autograder.sandbox.portable import PortableSandbox
from autograder.worker.wire import MAX_REQUEST
from tests.recording import PATIENT, load
from tests.sandbox_conformance import HONEST, SandboxConformance, call, honest, needs_posix, said


class TestPortableSandbox(SandboxConformance):
    make = PortableSandbox


def test_it_claims_no_more_than_it_does() -> None:
    info = PortableSandbox().info()
    assert info.level == "none"
    assert set(info.layers) == {"process", "deadline", "environment", "folder", "canary"}


def test_a_spare_worker_is_given_out_once() -> None:
    sandbox = PortableSandbox()
    try:
        sandbox.warm()
        sandbox.warm()
        first, second = sandbox.worker(), sandbox.worker()
        assert first is not second
    finally:
        sandbox.close()


def test_the_working_folder_is_gone_afterwards() -> None:
    sandbox = PortableSandbox()
    with contextlib.closing(sandbox.worker()) as worker:
        load(worker, "open('left behind', 'w').close()\n" + HONEST)
        folder = Path(said(worker, "os.getcwd()"))
        assert list(folder.iterdir()) == [folder / "left behind"]
        assert folder == Path(said(worker, "os.environ['HOME']"))
    assert not folder.exists()


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """A worker for what needs no worker of its own."""
    with contextlib.closing(PortableSandbox().worker()) as worker:
        yield worker


def test_sets_are_ordered_alike_in_every_run(worker: Worker) -> None:
    """A submission that iterates over a set of names must not pass on one day and fail on the next."""
    assert said(worker, "sys.flags.hash_randomization") == "0"


def test_a_file_in_the_working_folder_is_not_imported(worker: Worker) -> None:
    load(worker, "open('colorsys.py', 'w').write('1 // 0')\nimport colorsys\n" + HONEST)
    assert honest(call(worker))


# Faults of the grader -------------------------------------------------------------------------------------------------


def starts(sandbox: PortableSandbox) -> None:
    with contextlib.closing(sandbox.worker()) as worker:
        load(worker, HONEST)


def test_an_interpreter_that_is_not_there_is_a_sandbox_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(SandboxError, match=r"did not start: .*No such file.*; try `.*no-python -P -m autograder"):
        starts(PortableSandbox())
    assert list(tmp_path.iterdir()) == []


def test_no_room_for_a_folder_is_a_sandbox_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(SandboxError, match="did not start"):
        starts(PortableSandbox())


@needs_posix
@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo no module named torch >&2; exit 4", "status 4 .*it said: no module named torch; try `"),
        ("exit 4", "status 4 .*it said: nothing; try `"),
        ("echo hello and welcome", "no answer .*; try `"),
        ("kill -SEGV $$", "SIGSEGV.*; try `"),
    ],
    ids=["says why", "silent", "prints", "crashes"],
)
def test_a_process_that_does_not_get_ready_is_a_sandbox_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, told: str
) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(SandboxError, match=told):
        starts(PortableSandbox())


@needs_posix
def test_a_process_that_never_gets_ready_is_a_sandbox_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nsleep 60\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr("autograder.sandbox.portable.STARTUP_SECONDS", 0.3)
    with pytest.raises(SandboxError, match=r"did not start: no answer within 0.3 s"):
        starts(PortableSandbox())


def test_a_worker_tells_what_keeps_it_from_starting() -> None:
    """An import that fails in the worker, not in the grader: it is on the worker's standard error."""
    code = "import runpy, sys; sys.modules['torch'] = None; runpy.run_module('autograder.worker', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", code, "64"], capture_output=True, stdin=subprocess.DEVNULL, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "ModuleNotFoundError" in done.stderr


def test_a_request_that_is_too_large_is_not_the_submissions_fault(worker: Worker) -> None:
    load(worker, HONEST)
    with pytest.raises(SandboxError, match="the request cannot be sent: frame too large"):
        worker.ask({"op": "x" * MAX_REQUEST}, b"", seconds=PATIENT, max_raw=0)
    assert honest(call(worker))

"""Systems that refuse a call which the sandbox is made with: commands go on, and say at which level."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.result import Verdict
from autograder.sandbox.layered import LayeredSandbox, supported
from tests.learning import RIGHT_RELU, ROOT
from tests.recording import load
from tests.sandbox_conformance import HONEST, MEMORY_MB, body, call, ends, honest, loss, said

pytestmark = pytest.mark.skipif(not supported(), reason="the layered sandbox is of Linux")

# What is refused; the levels that this may leave, by what else the machine has; and what `doctor` says of it.
REFUSED = {
    "pidfd_open": ({"none"}, r"layers +missing: pidfd_open: "),
    "sendmsg": ({"none"}, r"layers +missing: SCM_RIGHTS: "),
    "pidfd_send_signal": ({"full"}, r"pidfd +missing: pidfd_send_signal: "),
    "setsid": ({"full"}, r"session +missing: "),
    "setsid,setpgid": ({"full"}, r"session +missing: "),
    "prctl": ({"partial", "none"}, r"prctl +missing: "),
    "landlock_create_ruleset": ({"full"}, r"landlock +missing: "),
    "landlock_restrict_self": ({"full"}, r"landlock +missing: "),
    "seccomp": ({"partial", "none"}, r"seccomp +missing: "),
    "prlimit64": ({"none"}, r"rlimits +missing: "),
    "setsid,prctl,memfd_create,pidfd_send_signal,landlock_create_ruleset,seccomp": ({"partial", "none"}, "missing: "),
    "memfd_create": ({"full"}, ""),
    "epoll_create1": ({"full"}, ""),
    "madvise": ({"full"}, ""),
    "setresuid,setgroups": ({"full", "partial", "none"}, ""),
}


def ran(code: str, calls: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """How a command of the kit ended where these calls are refused with this error."""
    command = [sys.executable, "-m", "tests.refusing", code, calls, sys.executable, "-m", "autograder"]
    return subprocess.run([*command, *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=300)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of one learner with one answer, which is right."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "ann" / "activations").mkdir(parents=True)
    (folder / "ann" / "activations" / "relu.py").write_text(RIGHT_RELU)
    return folder


QUICK = {"pidfd_open", "pidfd_send_signal", "setsid", "prctl"}
WAYS = [
    pytest.param(calls, code, marks=[] if calls in QUICK and code == "EPERM" else [pytest.mark.slow])
    for calls in REFUSED
    for code in ("EPERM", "ENOSYS")
]


@pytest.mark.parametrize(("calls", "code"), WAYS)
def test_doctor_says_the_level_and_what_is_missing(calls: str, code: str) -> None:
    levels, told = REFUSED[calls]
    done = ran(code, calls, "doctor")
    found = re.search(r"^sandbox: (\w+) ", done.stdout, re.MULTILINE)
    assert found is not None, done.stdout + done.stderr
    assert found[1] in levels
    assert re.search(told, done.stdout), done.stdout
    assert done.returncode == (0 if found[1] == "full" else 1)


@pytest.mark.parametrize(("calls", "code"), WAYS)
def test_check_judges_all_the_same(calls: str, code: str, answers: Path) -> None:
    done = ran(code, calls, "check", "relu", "--folder", answers / "ann")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "10 / 10" in done.stdout


@pytest.mark.parametrize("calls", ["setsid", "pidfd_open"])
def test_grade_grades_at_the_level_that_is_left(calls: str, answers: Path, tmp_path: Path) -> None:
    words = ("--exercise", "relu", "--jobs", "1", "--out", tmp_path, "--allow-weak-sandbox")
    done = ran("EPERM", calls, "grade", answers, *words)
    assert done.returncode == 0, done.stderr


# Without signals by pidfd ---------------------------------------------------------------------------------------------


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> LayeredSandbox:
    """One whose grader may not signal by pidfd."""

    def refused(_pidfd: int, _signal: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(signal, "pidfd_send_signal", refused)
    return LayeredSandbox(MEMORY_MB)


def test_the_zygote_ends_a_worker_that_its_grader_cannot(sandbox: LayeredSandbox) -> None:
    with contextlib.closing(sandbox):
        worker = sandbox.worker()
        load(worker, HONEST)
        pid = int(said(worker, "os.getpid()"))
        lost = loss(worker, body("while True: pass"), 0.2)
        assert lost.verdict is Verdict.TIMEOUT
        assert ends(pid)
        with contextlib.closing(sandbox.worker()) as another:  # which the zygote has forked since
            load(another, HONEST)
            assert honest(call(another))

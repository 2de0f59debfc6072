"""One worker for a learner's exercises: who gets it, who does not, and that no verdict depends on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from autograder.grade import Grader, refusal
from autograder.result import Report, SandboxInfo, Verdict
from autograder.sandbox import Frame, Sandbox, Worker
from autograder.sandbox.choice import best_sandbox
from autograder.sandbox.layered import supported
from autograder.submission import Source, Submission
from tests.bank import BANK, ROOT, course
from tests.inprocess import InProcessSandbox

COURSE = course()
NAMES = ("sigmoid", "relu", "tanh")
RIGHT = {name: (ROOT / "solutions" / COURSE.exercise(name).path).read_text("utf-8") for name in NAMES}


class Watched:
    """A worker, and the exercises whose files it is asked to load."""

    def __init__(self, worker: Worker, loads: list[str]) -> None:
        self._worker, self._loads = worker, loads

    def ask(self, header: Mapping[str, Any], raw: bytes, *, seconds: float, max_raw: int) -> Frame:
        if header["op"] == "load":
            self._loads.append(header["file"].partition("/")[2].removesuffix(".py"))
        return self._worker.ask(header, raw, seconds=seconds, max_raw=max_raw)

    def close(self) -> None:
        self._worker.close()


class Counted:
    """A sandbox that remembers every worker that it has made, and what each was asked to load."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.loaded: list[list[str]] = []

    def worker(self) -> Watched:
        self.loaded.append([])
        return Watched(self._sandbox.worker(), self.loaded[-1])

    def warm(self) -> None:
        self._sandbox.warm()

    def remember(self, blocks: Sequence[bytes]) -> None:
        self._sandbox.remember(blocks)

    def info(self) -> SandboxInfo:
        return self._sandbox.info()

    def close(self) -> None:
        self._sandbox.close()


@pytest.fixture(autouse=True, scope="module")
def _what_a_zygote_has_done_before() -> None:
    """The first call on the simulated accelerator adds names to torch, by which a process knows traces."""
    graded(RIGHT)


def graded(
    sources: Mapping[str, str], *, rules: bool = True, sandbox: Sandbox | None = None
) -> tuple[Report, list[list[str]]]:
    policy = COURSE.exercises[0].rules.model_copy(update={"enabled": rules})
    exercises = [item.model_copy(update={"rules": policy}) for item in COURSE.select(NAMES)]
    counted = Counted(sandbox or InProcessSandbox())
    texts = {name: Source(text, COURSE.exercise(name).path) for name, text in sources.items()}
    with Grader(COURSE, exercises=exercises, seed=0, sandbox=counted) as grader:
        report = grader.grade(Submission("ada", texts, {}, (), "0" * 64))
    return report, counted.loaded


def verdicts(report: Report) -> list[Verdict]:
    return [exercise.verdict for exercise in report.exercises]


def test_right_answers_share_a_worker() -> None:
    report, loaded = graded(RIGHT)
    assert verdicts(report) == [Verdict.PASS] * 3
    assert loaded == [list(NAMES)]


def test_a_wrong_answer_hands_its_worker_on() -> None:
    report, loaded = graded(RIGHT | {"sigmoid": "def sigmoid(x):\n    return x * 0.5\n"})
    assert verdicts(report) == [Verdict.FAIL, Verdict.PASS, Verdict.PASS]
    assert loaded == [list(NAMES)]


def test_a_file_that_was_not_read_by_the_rules_does_not() -> None:
    report, loaded = graded(RIGHT, rules=False)
    assert verdicts(report) == [Verdict.PASS] * 3
    assert loaded == [["sigmoid"], ["relu"], ["tanh"]]


def test_a_file_that_does_not_load_does_not() -> None:
    report, loaded = graded(RIGHT | {"relu": "import torch\nassert 1 > 2\ndef relu(x):\n    return x\n"})
    assert verdicts(report) == [Verdict.PASS, Verdict.CRASH, Verdict.PASS]
    # In a worker of its own too: a crash that the file before may have caused is none of its own.
    assert loaded == [["sigmoid", "relu"], ["relu"], ["tanh"]]


def test_reports_are_those_of_workers_of_their_own() -> None:
    sources = RIGHT | {"relu": "import torch\ndef relu(x):\n    return torch.where(x < 0, 0.0, x) + 1e-3\n"}
    together, _ = graded(sources)
    apart, loaded = graded(sources, rules=False)
    assert len(loaded) == 3
    assert together == apart


@pytest.mark.skipif(not supported(), reason="a process that is to be replaced, as only Linux has them quickly")
def test_a_worker_that_says_it_is_unfit_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules refuse such files; should one get past them, the next exercise does not meet its traces."""
    monkeypatch.setattr(refusal, "check_source", lambda *_: ())
    sources = {
        "sigmoid": f"{RIGHT['sigmoid']}\ntorch.where = lambda *_: 7\n",
        "relu": f"{RIGHT['relu']}\ntorch.set_num_interop_threads = torch.set_default_dtype(torch.float64)\n",
        "tanh": RIGHT["tanh"],
    }
    report, loaded = graded(sources, sandbox=best_sandbox(memory_mb=1024, seconds=10))
    assert verdicts(report) == [Verdict.FAIL, Verdict.PASS, Verdict.PASS]
    assert loaded == [["sigmoid", "relu"], ["relu", "tanh"], ["tanh"]]


@pytest.mark.skipif(not supported(), reason="a zygote is of Linux")
def test_a_first_worker_that_lacks_a_module_is_replaced() -> None:
    """The second gradient of abs imports sympy, which a zygote has not waited for when it forks its first worker."""
    source = (BANK / "right/sigmoid/exp_of_minus_abs.py").read_text("utf-8")
    report, loaded = graded({"sigmoid": source}, sandbox=best_sandbox(memory_mb=1024, seconds=10))
    second = next(item for item in report.exercises[0].properties if item.name == "second-gradients")
    assert (second.verdict, second.message) == (Verdict.PASS, None)
    assert loaded == [["sigmoid"], ["sigmoid"]]

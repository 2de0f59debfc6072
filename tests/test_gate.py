"""A class that is left early: workers end at once, and what they were cut short in is no report."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from autograder.grade import Grader, grade_class
from autograder.grade.gate import Closed, Gate
from autograder.result import Verdict
from autograder.sandbox import WorkerLost
from autograder.submission import Source, Submission
from autograder.submission.stub import is_untouched
from tests.bank import course
from tests.inprocess import InProcessSandbox, InProcessWorker

_FULL = course()
COURSE = replace(_FULL, budget=_FULL.budget.model_copy(update={"cases": 3}))  # it is not the judgement that is tested
RIGHT = "import torch\ndef relu(x):\n    return torch.where(x <= 0, torch.zeros_like(x), x)\n"


def submission(learner: str, source: str) -> Submission:
    return Submission(learner, {"relu": Source(source, "relu.py")}, {}, (), "0" * 64)


class HangingWorker:
    """Answers nothing until it is closed, and is lost then, as the process of an endless loop is."""

    def __init__(self, started: threading.Event) -> None:
        self._started = started
        self._ended = threading.Event()

    def ask(
        self, header: Mapping[str, Any], raw: bytes, *, seconds: float, max_raw: int
    ) -> tuple[dict[str, Any], bytes]:
        """See `autograder.sandbox.Worker.ask`."""
        self._started.set()
        if not self._ended.wait(60):
            raise WorkerLost(Verdict.TIMEOUT, "no answer within 60 s")
        raise WorkerLost(Verdict.CRASH, "the process was ended by SIGKILL")

    def close(self) -> None:
        """See `autograder.sandbox.Worker.close`."""
        self._ended.set()


class HangingSandbox(InProcessSandbox):
    """Its first workers hang; counts what it gave out after its end."""

    def __init__(self, hanging: int) -> None:
        self.started = threading.Event()
        self.late = 0
        self._hanging = [HangingWorker(self.started) for _ in range(hanging)]
        self._left = list(self._hanging)
        self._closed = False

    def worker(self) -> InProcessWorker:
        """See `autograder.sandbox.Sandbox.worker`."""
        self.late += self._closed
        return self._left.pop() if self._left else super().worker()  # type: ignore[return-value]  # a Worker too

    def close(self) -> None:
        """See `autograder.sandbox.Sandbox.close`."""
        self._closed = True
        for worker in self._hanging:
            worker.close()


def grader(sandbox: InProcessSandbox) -> Grader:
    return Grader(COURSE, exercises=COURSE.select(["relu"]), seed=0, properties=["values"], sandbox=sandbox)


def test_leaving_early_ends_what_is_running_without_a_report() -> None:
    """One worker hangs for a minute; the caller leaves after the other's report and is out at once."""
    sandbox = HangingSandbox(hanging=1)
    graded = grade_class(grader(sandbox), [submission("a", RIGHT), submission("b", RIGHT)], jobs=2)
    first = next(graded)
    assert sandbox.started.wait(10)
    start = time.monotonic()
    graded.close()
    assert time.monotonic() - start < 5
    assert first.report.exercises[0].verdict is Verdict.PASS
    assert sandbox.late == 0
    assert list(graded) == []


def test_an_interrupt_while_waiting_ends_it_too() -> None:
    sandbox = HangingSandbox(hanging=2)

    def interrupt() -> None:
        assert sandbox.started.wait(10)
        time.sleep(0.2)
        main = threading.main_thread().ident
        assert main is not None
        signal.pthread_kill(main, signal.SIGINT)

    threading.Thread(target=interrupt).start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        list(grade_class(grader(sandbox), [submission("a", RIGHT), submission("b", RIGHT)], jobs=2))
    assert time.monotonic() - start < 20
    assert sandbox.late == 0


def test_a_grading_that_was_cut_short_has_no_report() -> None:
    """The lost worker looks like the submission's own crash: a verdict here would be a learner's zero."""
    sandbox = HangingSandbox(hanging=1)
    closing = grader(sandbox)
    ended: list[BaseException] = []

    def grade() -> None:
        try:
            closing.grade(submission("a", RIGHT))
        except Closed as error:
            ended.append(error)

    thread = threading.Thread(target=grade)
    thread.start()
    assert sandbox.started.wait(10)
    closing.close()
    thread.join(10)
    assert len(ended) == 1


def test_a_closed_gate_starts_nothing() -> None:
    """And says so with what nothing takes for a learner's mistake, or for a failure to be shrunk."""
    started: list[str] = []

    class Counting(InProcessSandbox):
        def warm(self) -> None:
            started.append("warm")

        def remember(self, blocks: Sequence[bytes]) -> None:
            started.append("remember")

        def worker(self) -> InProcessWorker:
            started.append("worker")
            return super().worker()

    gate = Gate(Counting())
    gate.warm()
    gate.remember([])
    gate.close()
    gate.warm()
    gate.remember([])
    with pytest.raises(Closed):
        gate.worker()
    assert started == ["warm", "remember"]
    assert not issubclass(Closed, Exception)


def test_a_worker_that_was_started_during_the_closing_is_closed() -> None:
    closed: list[bool] = []

    class Worker(InProcessWorker):
        def close(self) -> None:
            closed.append(True)

    class Slow(InProcessSandbox):
        def worker(self) -> InProcessWorker:
            gate.close()
            return Worker()

    gate = Gate(Slow())
    with pytest.raises(Closed):
        gate.worker()
    assert closed == [True]


def test_a_mistake_of_ours_is_that_submissions_fault_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else's grading ends with it, and a resumed run does not meet it again as its end."""

    def check(text: str, symbol: str) -> bool:
        if text == "bad":
            raise KeyError("lost")
        return is_untouched(text, symbol)

    monkeypatch.setattr("autograder.grade.refusal.is_untouched", check)
    graded = grade_class(grader(InProcessSandbox()), [submission("a", "bad"), submission("b", RIGHT)], jobs=1)
    with contextlib.closing(graded):
        results = {item.submission.learner: item.report.exercises[0] for item in graded}
    assert results["b"].verdict is Verdict.PASS
    assert results["a"].verdict is Verdict.ERROR
    assert results["a"].message is not None
    assert results["a"].message.startswith("KeyError: 'lost' (test_gate.py:")


def test_all_are_graded_however_many_at_once() -> None:
    """More submissions than may wait, and jobs more than submissions."""
    names = [f"s{index}" for index in range(9)]
    for jobs in (1, 3, 20):
        graded = grade_class(grader(InProcessSandbox()), (submission(name, RIGHT) for name in names), jobs=jobs)
        assert sorted(item.report.learner for item in graded) == names

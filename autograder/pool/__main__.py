"""A grader process: ``python -P -m autograder.pool``, orders and tasks on standard input, answers on standard output.

It is ours and is trusted; learners' code runs in the workers of its sandbox, as everywhere. It ends as soon as its
standard input does: whoever started it may be killed in any way, and leaves no process behind.
"""

from __future__ import annotations

import gc
import os
import queue
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NoReturn

from autograder.course import parse_course
from autograder.errors import GraderError, UsageError
from autograder.kit import Installation
from autograder.language import use_language
from autograder.pool.messages import Answer, Done, Failed, Order, Ready, Task
from autograder.sandbox.choice import best_sandbox

IDLE_SECONDS = 15 * 60.0  # a machine of a cluster that nobody uses any more gets its memory back


class Requests:
    """The lines of standard input; where it ends, so does the process, whatever it is doing."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._ended = threading.Event()
        self.at_end: Callable[[], None] = lambda: None  # a portable worker in an endless loop would live on
        threading.Thread(target=self._read, daemon=True).start()

    def next(self) -> bytes | None:
        """The next line; None where nothing more is asked."""
        try:
            return self._lines.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            return None

    def wait_for_the_end(self) -> NoReturn:
        """What fails while the end is under way fails because of it: nothing is to be said about that."""
        while True:
            self._ended.wait()

    @property
    def ended(self) -> bool:
        """Whether this process is about to end."""
        return self._ended.is_set()

    def _read(self) -> None:
        for line in self._stream:
            self._lines.put(line)
        self._ended.set()
        try:
            self.at_end()
        finally:
            os._exit(0)


def main() -> None:
    """Serve until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started us
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what some library prints is no answer
    requests = Requests(open(0, "rb", closefd=False))  # noqa: SIM115  # Python waits for a read of sys.stdin
    try:
        _serve(requests, answers)
    except BaseException:
        if requests.ended:
            requests.wait_for_the_end()
        raise


def _serve(requests: Requests, answers: BinaryIO) -> None:
    def answer(what: Ready | Done | Failed) -> None:
        answers.write(Answer(answer=what).line())
        answers.flush()

    try:
        _grade(requests, answer)
    except GraderError as error:
        answer(Failed(error=type(error).__name__, message=str(error)))


def _grade(requests: Requests, answer: Callable[[Ready | Done | Failed], None]) -> None:
    order = Order.model_validate_json(requests.next() or b"")
    if difference := order.installation.difference(Installation.here()):
        raise UsageError(f"the machine that grades has {difference}; install the same on both")
    use_language(order.language)
    course = parse_course(Path(order.course_name), order.course)
    sandbox = best_sandbox(memory_mb=course.budget.memory_mb, seconds=course.budget.seconds)
    requests.at_end = sandbox.close
    sandbox.warm()  # it imports torch while we do

    from autograder.grade.cache import PlanCache
    from autograder.grade.grader import Grader

    exercises, cache = course.select(order.exercises), PlanCache.of_user()
    with Grader(course, exercises=exercises, seed=order.seed, sandbox=sandbox, cache=cache) as grader:
        requests.at_end = grader.close
        gc.collect()
        gc.freeze()  # else each full collection walks through all the cases and references
        answer(Ready(run=grader.run_info()))
        while (line := requests.next()) is not None:
            task = Task.model_validate_json(line)
            if task.fault is not None:
                answer(Done(report=grader.fault(task.submission, task.fault), seconds=0))
            else:
                graded = grader.graded(task.submission)
                answer(Done(report=graded.report, seconds=graded.seconds))


if __name__ == "__main__":
    main()

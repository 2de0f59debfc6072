"""Some grader processes of one order, as many submissions at once, and another process where one has died."""

from __future__ import annotations

import threading
import time
from queue import SimpleQueue

from autograder.errors import SandboxError
from autograder.grade.gate import Closed
from autograder.pool.messages import Done, Order, Task
from autograder.pool.process import ENDED_SECONDS, GraderGone, GraderProcess
from autograder.result import RunInfo

_TRIES = 2  # of a submission during which its grader process dies: the first time it may have been the machine
_LEVELS = ("none", "partial", "full")


def weaker(level: str, other: str) -> bool:
    """Whether a sandbox of one level keeps in less than one of another."""
    return _LEVELS.index(level) < _LEVELS.index(other)


def weakest(runs: list[RunInfo]) -> RunInfo:
    """What may be said of all of them."""
    return min(runs, key=lambda run: _LEVELS.index(run.sandbox.level))


class Crew:
    """Processes that are started at once and used by as many threads.

    Args:
        order: what all of them grade by.
        jobs: how many.

    """

    def __init__(self, order: Order, jobs: int) -> None:
        self._order = order
        self._lock, self._readying = threading.Lock(), threading.Lock()
        self._closed = False
        self._run: RunInfo | None = None
        self._idle: SimpleQueue[GraderProcess] = SimpleQueue()
        self._processes: list[GraderProcess] = []
        try:
            for _ in range(jobs):
                self._processes.append(GraderProcess(order))
        except BaseException:
            self.close()
            raise
        for process in self._processes:
            self._idle.put(process)

    def run_info(self) -> RunInfo:
        """What all of them grade with, as soon as all can: that of the weakest sandbox.

        Raises:
            GraderError: one of them cannot grade.

        """
        with self._readying:  # two threads must not listen to one process
            if self._run is None:
                self._run = weakest([_ready(process) for process in self._processes])
            return self._run

    def do(self, task: Task) -> Done:
        """Have a task done by whichever process is free.

        Raises:
            GraderError: there is no process to do it.
            Closed: by `close`.

        """
        process = self._idle.get()
        try:
            for _ in range(_TRIES):
                try:
                    return self._ask(process, task)
                except GraderGone as error:
                    why = f"the grader's process ended {_TRIES} times at this submission: {error}"
                    process = self._instead_of(process)
            return self._ask(process, Task(submission=task.submission, fault=why))
        except GraderGone as error:
            raise SandboxError(f"a grader process ended at once: {error}; free some memory") from error
        finally:
            self._idle.put(process)

    def close(self) -> None:
        """End every process at once; `do` in another thread raises Closed."""
        with self._lock:
            self._closed = True
        for process in self._processes:
            process.release()
        deadline = time.monotonic() + ENDED_SECONDS  # of all, not of each
        for process in self._processes:
            process.close(deadline)

    def _ask(self, process: GraderProcess, task: Task) -> Done:
        least = self.run_info().sandbox.level
        level = process.ready().sandbox.level
        if weaker(level, least):  # what the results say of all must be true of each
            fact = f"a new grader process has sandbox level={level}, the others {least}"
            raise SandboxError(f"{fact}; see `autograder doctor`")
        return process.ask(task)

    def _instead_of(self, dead: GraderProcess) -> GraderProcess:
        with self._lock:
            if self._closed:  # it has not died of itself
                raise Closed
            fresh = GraderProcess(self._order)
            self._processes[self._processes.index(dead)] = fresh
        dead.close()
        return fresh


def _ready(process: GraderProcess) -> RunInfo:
    try:
        return process.ready()
    except GraderGone as error:
        raise SandboxError(f"a grader process did not start: {error}; free some memory, or use fewer --jobs") from error

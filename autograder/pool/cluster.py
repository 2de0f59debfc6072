"""Graders on the machines of a Dask cluster: a task carries a submission there and its report back.

Each Dask worker starts grader processes of its own, as many as it has threads, and speaks to them as `Pool` does: no
learner's code and no torch comes near a Dask worker. What travels is our own JSON; Dask pickles the names of two
functions around it. A machine of the cluster needs the kit installed, and nothing of the course.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import platform
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from multiprocessing import resource_tracker
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import dask.config
from distributed import CancelledError, Client, KilledWorker, LocalCluster, Worker, WorkerPlugin, get_worker

from autograder.course import Course, Exercise
from autograder.errors import GraderError, SandboxError, UsageError
from autograder.grade.drive import Graded
from autograder.grade.gate import Closed
from autograder.language import _
from autograder.pool.crew import Crew, weaker, weakest
from autograder.pool.machine import default_jobs
from autograder.pool.messages import Done, Order, Task
from autograder.result import RunInfo
from autograder.submission import Submission

_RETRIES = 2  # of a task whose grader process could not be started; of one whose worker is lost Dask has its own count
_AHEAD = 2  # submissions under way for each thread of the cluster: nobody waits for the network
_LEAST = 64  # and in all, since a cluster grows when it has work
_CONNECT_SECONDS = 30
_CONFIG = {"distributed.admin.low-level-log-length": 10}  # each connection keeps its last 1,000 messages, 100 MB in all


class Cluster:
    """See `autograder.grade.Graders`; a context manager that ends what it has started on the cluster.

    Args:
        address: of a scheduler, or ``local`` for a cluster on this machine that ends with the run.
        course: read from a file that is still there.
        exercises: which of its exercises to grade, in its order.
        seed: draws the cases.
        learners: how many there are to grade.
        jobs: how many submissions are on their way at once; None for what keeps the cluster busy.

    """

    def __init__(
        self,
        address: str,
        course: Course,
        *,
        exercises: Sequence[Exercise],
        seed: int,
        learners: int,
        jobs: int | None = None,
    ) -> None:
        self.course = course
        self.exercises = tuple(exercises)
        self._name = f"autograder-{uuid4().hex}"
        self._closed = threading.Event()
        self._suspected = threading.Lock()
        order = Order.of(course, tuple(exercise.name for exercise in exercises), seed)
        with contextlib.ExitStack() as ends, dask.config.set(_CONFIG):
            workers = min(jobs or default_jobs(learners), learners)
            local = ends.enter_context(_local_cluster(workers)) if address == "local" else None
            self._client = ends.enter_context(_connect(address, local))
            self._client.wait_for_workers(1)
            _require_alike(self._client)
            self._client.register_plugin(_Crews(self._name, order.line()))
            ends.callback(self._unregister)
            self._run = self._weakest()
            self._ends = ends.pop_all()
        self.jobs = jobs or max(_LEAST, _AHEAD * sum(self._client.nthreads().values()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run_info(self) -> RunInfo:
        """See `autograder.grade.Graders.run_info`: of the weakest worker that the run began with."""
        return self._run

    def graded(self, submission: Submission) -> Graded:
        """See `autograder.grade.Graders.graded`."""
        try:
            done = self._ask(Task(submission=submission))
        except KilledWorker:
            done = self._ask_again(submission)
        return Graded(submission, done.report, done.seconds)

    def close(self) -> None:
        """See `autograder.grade.Graders.close`."""
        self._closed.set()
        self._ends.close()

    def _unregister(self) -> None:
        # Workers that have ended meanwhile have ended their graders, and have no plugin to take away.
        with contextlib.suppress(OSError, KeyError):
            self._client.unregister_worker_plugin(self._name)

    def _ask_again(self, submission: Submission) -> Done:
        """Of those whose workers were lost, one at a time: what a neighbour does to a worker is counted for both."""
        with self._suspected:
            try:
                return self._ask(Task(submission=submission))
            except KilledWorker as error:
                why = f"{error.allowed_failures + 1} workers of the cluster were lost while they graded this"
        return self._ask(Task(submission=submission, fault=why))

    def _ask(self, task: Task) -> Done:
        level = self._run.sandbox.level
        if self._closed.is_set():
            raise Closed
        try:
            future = self._client.submit(_grade, self._name, task.line(), level, pure=False, retries=_RETRIES)
            answer = future.result()
        except CancelledError as error:
            if self._closed.is_set():
                raise Closed from None
            raise SandboxError(f"the cluster's scheduler is lost: {error}; start it again") from error
        if not answer:
            raise Closed
        return Done.model_validate_json(answer)

    def _weakest(self) -> RunInfo:
        answers = self._client.run(_info, name=self._name, on_error="return")
        for address, answer in answers.items():
            if isinstance(answer, GraderError):
                raise type(answer)(f"worker={address}: {answer}")
        runs = [RunInfo.model_validate_json(answer) for answer in answers.values() if isinstance(answer, bytes)]
        if not runs:  # all were lost meanwhile
            raise SandboxError(f"none of the cluster's workers can grade: {_first(answers)}; see their logs")
        return weakest(runs)


class _Crews(WorkerPlugin):
    """What a run has on each worker of the cluster, those that join later too; ended with the run or the worker."""

    def __init__(self, name: str, order: bytes) -> None:
        self.name = name
        self._order = order

    def setup(self, worker: Worker) -> None:
        """On the worker, before its first task."""
        self.address = worker.address
        self._jobs = worker.state.nthreads
        self._starting = threading.Lock()
        self._crew: Crew | None = None

    def teardown(self, worker: Worker) -> None:
        """On the worker, at its end or the run's."""
        if self._crew is not None:
            self._crew.close()

    @property
    def crew(self) -> Crew:
        """The processes, started at the first use: by then the worker has long been known to the scheduler."""
        with self._starting:
            if self._crew is None:
                self._crew = Crew(Order.model_validate_json(self._order), self._jobs)
            return self._crew


async def _info(name: str, dask_worker: Worker) -> bytes:
    """Runs on a worker: what it grades with."""
    crews = _crews(dask_worker, name)
    run = await asyncio.to_thread(lambda: crews.crew.run_info())
    return run.model_dump_json().encode()


def _grade(name: str, line: bytes, level: str) -> bytes:
    """Runs on a worker: a task of `Crew`; ``level`` is what the run's results say of every sandbox."""
    crews = _crews(get_worker(), name)
    run = crews.crew.run_info()
    if weaker(run.sandbox.level, level):
        fact = f"worker={crews.address} has sandbox level={run.sandbox.level}, weaker than the others' {level}"
        raise SandboxError(f"{fact}; run `autograder doctor` there, or take it away")
    try:
        return crews.crew.do(Task.model_validate_json(line)).line()
    except Closed:  # nobody waits for the answer any more, and the worker's log should not take it for a failure
        return b""


def _crews(worker: Worker, name: str) -> _Crews:
    crews = worker.plugins[name]
    assert isinstance(crews, _Crews)  # noqa: S101  # registered before anything is asked
    return crews


def _local_cluster(workers: int) -> LocalCluster:
    """One process a worker, started by a nanny that replaces it; the memory is its graders', not its own."""
    with _deaf_children():
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            memory_limit=0,
            dashboard_address="127.0.0.1:0",  # None is port 8787, where a second cluster fails
            silence_logs=logging.CRITICAL,  # what is wrong is said by the exception that comes back
        )


@contextlib.contextmanager
def _deaf_children() -> Iterator[None]:
    """The threads that are started here, and every process that they ever start, do not hear the terminal's signals.

    Ctrl-C is this process's to handle, after the start, and it ends the others in order; they would each print a
    traceback, and half a cluster cannot be ended.
    """
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # else the first of the threads starts it, and then hears again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _connect(address: str, local: LocalCluster | None) -> Client:
    try:
        return Client(local or address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        fact = _(
            "--cluster={address} cannot be reached: {error}; "
            "is it the address that `dask scheduler` says, such as tcp://host:8786?"
        )
        raise UsageError(fact.format(address=address, error=error)) from None


def _require_alike(client: Client) -> None:
    """UsageError where a worker has other versions than this process; what is finer is looked at by each grader."""
    here: dict[str, Any] = {"python": platform.python_version()}
    there = {"python": client.run(platform.python_version)}
    for package in ("torch-autograder", "torch", "hypothesis"):
        here[package] = version(package)
        there[package] = client.run(version, package, on_error="return")
    for what, answers in there.items():
        for worker, answer in answers.items():
            if answer != here[what]:
                found = answer if isinstance(answer, str) else "none"
                fact = _("worker={worker} has {what}={found}, here it is {here}; install the same")
                raise UsageError(fact.format(worker=worker, what=what, found=found, here=here[what]))


def _first(answers: Mapping[str, object]) -> object:
    return next(iter(answers.values()), "there are none")

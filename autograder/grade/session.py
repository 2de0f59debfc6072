"""Speak to the worker of one submission's exercise, and outlive its loss."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Protocol, Self

from autograder.course import Budget, Exercise
from autograder.grade.plan import Chunk
from autograder.language import N_, _, retold
from autograder.result import Verdict
from autograder.sandbox import Frame, Sandbox, Worker, WorkerLost
from autograder.worker import codec
from autograder.worker.case import Case, Observation, Raised
from autograder.worker.rows import Observations
from autograder.worker.wire import ProtocolError

# Single cases that may end a worker before the rest counts as lost the same way: a timeout costs seconds, a new worker
# milliseconds. Of who has answered nothing yet, the fewest do.
_LOSSES = {Verdict.TIMEOUT: 2, Verdict.CRASH: 12}
_NARROWING = 16  # workers that looking for the case of a pack that ends them may cost
_CHUNKS = 2  # chunks that may time out before the rest does: each costs its own limit and one for each of its cases
_SINGLE_SHARE = 0.2  # of the seconds a message may take, for a message of one case
_IN_ALL = 20  # times the seconds a message may take, on the clock, for an exercise; answers just in time add up


class LoadFailed(Exception):
    """The submission could not even be loaded."""

    def __init__(self, raised: Raised) -> None:
        super().__init__(raised.message)
        self.raised = raised


class Workers(Protocol):
    """Where a session gets its workers; a sandbox is one."""

    def worker(self) -> Worker:
        """One that has left no other file's traces."""


class HandedOn:
    """A submission's worker, handed on from one of its exercises to the next; a context manager that ends it.

    A start takes a fifth of an exercise's time. The worker itself says whether a file has left a trace that the next
    one would meet; it is not asked where a file was not read by the rules, or broke them.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._kept: Worker | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._kept is not None:
            self._kept.close()

    def worker(self) -> Worker:
        """The one that was kept, or a new one."""
        kept, self._kept = self._kept, None
        return kept or self._sandbox.worker()

    def has_one(self) -> bool:
        """Whether the next worker has run another file."""
        return self._kept is not None

    def keep(self, worker: Worker) -> None:
        """Hand it on to the next exercise."""
        self._kept = worker


class Session:
    """One exercise of one submission in a worker; a context manager that ends the worker, unless it is handed on."""

    def __init__(self, workers: Workers, exercise: Exercise, source: str, budget: Budget) -> None:
        self._workers = workers
        self._exercise = exercise
        self._source = source.encode()
        self._seconds = budget.seconds
        self._worker: Worker | None = None
        self._losses: Counter[Verdict] = Counter()
        self._last: WorkerLost | None = None  # once nothing is asked any more: what is left counts as lost the same way
        self._answered = False
        self._narrowing = _NARROWING
        self._spent = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drop()

    def hand_on(self, workers: HandedOn) -> None:
        """Leave the worker to the submission's next exercise."""
        if self._worker is not None and not self._losses and self._last is None:
            workers.keep(self._worker)
            self._worker = None

    def load(self) -> None:
        """Load the submission's file.

        Raises:
            LoadFailed: the file raised an exception, or does not define what it must.
            WorkerLost: loading it ended the worker, or took too long.

        """
        self._load()

    def observe_all(self, chunks: Sequence[Chunk]) -> Observations:
        """What the submission does on every case, in order; a lost answer is an observation that says so."""
        parts, late = [], 0
        for chunk in chunks:
            try:
                parts.append(self.ask(chunk))
            except WorkerLost as error:
                # One by one, to find the case that ends it.
                parts.append(Observations.of(self.observe(case, chunk.room) for case in chunk.cases))
                late += error.verdict is Verdict.TIMEOUT
                if late == _CHUNKS:  # the cases may each be in time, and the class would wait for hours
                    self._give_up(error)
        return Observations.joined(parts)

    def observe(self, case: Case, room: int) -> Observation:
        """What the submission does on one case."""
        if self._last is not None:
            return _lost(self._last)
        try:
            return self.ask(Chunk((case,), codec.encode_cases([case]), room), self._seconds * _SINGLE_SHARE)[0]
        except WorkerLost as error:
            self._losses[error.verdict] += 1
            if self._losses[error.verdict] >= (_LOSSES[error.verdict] if self._answered else min(_LOSSES.values())):
                self._give_up(error)
            return _lost(error)

    def ends(self, chunk: Chunk) -> bool:
        """Whether a chunk's cases end the worker; no longer, where all do or where asking has cost too many workers."""
        if not self._answered or not self._narrowing or (self._last and self._last.verdict is Verdict.TIMEOUT):
            return False
        try:
            self._exchange(chunk, self._seconds * _SINGLE_SHARE)
        except WorkerLost as error:
            crashed = error.verdict is Verdict.CRASH
            self._narrowing = self._narrowing - 1 if crashed else 0
            return crashed
        return False

    def ask(self, chunk: Chunk, seconds: float | None = None) -> Observations:
        """What the submission does on a chunk's cases.

        Raises:
            WorkerLost: some case ended the worker, or too many have.

        """
        if self._last is not None:
            raise self._last
        return self._exchange(chunk, seconds or self._seconds)

    def _exchange(self, chunk: Chunk, seconds: float) -> Observations:
        start = time.monotonic()
        worker = self._worker or self._load()
        try:
            header = {"op": "observe", "room": chunk.room}
            answer, data = worker.ask(header, chunk.encoded, seconds=seconds, max_raw=chunk.room)
            if answer.get("unfit") is True:  # the first worker of a zygote has not waited for what only some need
                self._drop()
                header["fit"] = True  # so that it is asked once
                worker = self._load()
                answer, data = worker.ask(header, chunk.encoded, seconds=seconds, max_raw=chunk.room)
            seen = codec.decode_observations(answer, data, len(chunk.cases))
            self._answered = True
            return seen
        except ProtocolError as error:
            self._drop()
            raise _no_answer(error) from error
        except WorkerLost:
            self._drop()
            raise
        finally:
            self._spent += time.monotonic() - start
            if self._spent > _IN_ALL * self._seconds:
                why = _("the answers took more than {seconds} s in all").format(seconds=f"{_IN_ALL * self._seconds:g}")
                self._give_up(WorkerLost(Verdict.TIMEOUT, why))

    def _give_up(self, error: WorkerLost) -> None:
        """Ask nothing more: what is left counts as lost the same way."""
        self._last = self._last or error

    def _load(self) -> Worker:
        exercise = self._exercise
        header = {"op": "load", "file": exercise.path, "symbol": exercise.symbol, "kind": exercise.kind}
        try:
            answer, data = self._ask_to_load(header)
            if answer.get("unfit") is True:
                self._drop()
                answer, data = self._ask_to_load(header | {"fit": True})  # of a new one
            if answer.get("loaded") is not True:
                raise LoadFailed(_raised(codec.decode_observations(answer, data, 1)[0]))
        except ProtocolError as error:
            raise _no_answer(error) from error
        assert self._worker is not None  # noqa: S101  # as just made
        return self._worker

    def _ask_to_load(self, header: Mapping[str, object]) -> Frame:
        self._worker = self._workers.worker()
        return self._worker.ask(header, self._source, seconds=self._seconds, max_raw=0)

    def _drop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()


def _no_answer(error: ProtocolError) -> WorkerLost:
    return WorkerLost(Verdict.CRASH, _("the process sent something that is no answer ({error})").format(error=error))


# As `worker.serve` says them.
_LOADING = (
    N_("the file defines no '{symbol}'; keep the name that the stub gives it"),
    N_("{symbol} is not a class derived from torch.nn.Module"),
    N_("{symbol} is not a function"),
)


def _raised(seen: Observation) -> Raised:
    raised = seen.raised or Raised("import", "Exception", (), _("the file could not be loaded"), None)
    return replace(raised, message=retold(raised.message, _LOADING))


def _lost(error: WorkerLost) -> Observation:
    return Observation(type="", lost=error.verdict, detail=error.message)

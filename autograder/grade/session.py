"""Speak to the worker of one submission's exercise, and outlive its loss."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from types import TracebackType
from typing import Self

from autograder.course import Budget, Exercise
from autograder.grade.plan import Chunk, Replayed, encoded_chunk
from autograder.grade.repeats import Asked, Known, digest_of
from autograder.grade.replayer import Recording, Replayer, read_recordings
from autograder.grade.unanswered import lost, no_answer, too_many_ways, unloadable
from autograder.language import _
from autograder.result import Verdict, Violation
from autograder.rules import check_program
from autograder.sandbox import Frame, Sandbox, Worker, WorkerLost
from autograder.strategies.forms import booleans_told, probe_of
from autograder.worker import codec
from autograder.worker.case import Case, Observation, Raised
from autograder.worker.rows import Observations
from autograder.worker.wire import ProtocolError

# Single cases that may end a worker before the rest counts as lost the same way: a timeout costs seconds, a new worker
# milliseconds. Of who has answered nothing yet, the fewest do.
_LOSSES = {Verdict.TIMEOUT: 2, Verdict.CRASH: 28}
_NARROWING = 16  # workers that looking for the case of a pack that ends them may cost
_CHUNKS = 2  # chunks that may time out before the rest does: each costs its own limit and one for each of its cases
_SINGLE_SHARE = 0.2  # of the seconds a message may take, for a message of one case
_WAYS = 1000  # recordings of an exercise beside those of its forms, because what it does depends on what it reads
_ROUNDS = 40  # such recordings of one case, each of which learns one more boolean
_MAX_PROGRAMS = 8 << 20  # bytes
_IN_ALL = 20  # times the seconds a message may take, on the clock, for an exercise; answers just in time add up


class LoadFailed(Exception):
    """The submission could not even be loaded."""

    def __init__(self, raised: Raised) -> None:
        super().__init__(raised.message)
        self.raised = raised


class NotAllowed(BaseException):
    """The submission calls what the rules refuse, or does what no program can tell.

    Not an Exception: a search by Hypothesis that meets it would take it for a failure and go on shrinking.
    """

    def __init__(self, violations: tuple[Violation, ...]) -> None:
        super().__init__(violations)
        self.violations = violations


class Session:
    """One exercise of one submission: its worker records, the replayer replays; a context manager that ends the worker.

    Args:
        sandbox: makes the worker.
        replayer: runs what it has recorded, on inputs that the worker does not see.
        exercise: which exercise's file it is.
        source: the file's text.
        budget: seconds a message, and in all.

    """

    def __init__(self, sandbox: Sandbox, replayer: Replayer, exercise: Exercise, source: str, budget: Budget) -> None:
        self._sandbox = sandbox
        self._replayer = replayer
        self._exercise = exercise
        self._source = source.encode()
        self._seconds = budget.seconds
        self._worker: Worker | None = None
        self._losses: Counter[Verdict] = Counter()
        self._last: WorkerLost | None = None  # once nothing is asked any more: what is left counts as lost the same way
        self._loaded = False
        self._answered = False
        self._narrowing = _NARROWING
        self._spent = 0.0
        self._asked = 0
        self._ways = _WAYS
        self.asked: list[Asked] | None = []  # what has been asked besides; None once a process was lost

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drop()

    def load(self) -> None:
        """Load the submission's file.

        Raises:
            LoadFailed: the file raised an exception, or does not define what it must.
            WorkerLost: loading it ended the worker, or took too long.

        """
        self._load()

    def record_all(self, chunks: Sequence[Chunk]) -> list[Frame | WorkerLost]:
        """What the worker records on the forms of these chunks, unread; it ends with the first that it is lost at."""
        answers: list[Frame | WorkerLost] = []
        for chunk in chunks:
            try:
                with self._timed():
                    answers.append(self._answer(chunk.forms, self._seconds, {"called": chunk.called}))
            except WorkerLost as error:
                return [*answers, error]
        return answers

    def observe_all(self, chunks: Sequence[Chunk], answers: Sequence[Frame | WorkerLost] = ()) -> Observations:
        """What the submission does on every case, in order; a lost answer is an observation that says so.

        Args:
            chunks: the cases.
            answers: what the worker has recorded on the first of these already.

        Raises:
            NotAllowed: it calls what the rules refuse.

        """
        parts, late = [], 0
        for chunk, answer in zip_longest(chunks, answers):
            try:
                parts.append(self.ask(chunk, answer=answer))
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
            return lost(self._last)
        try:
            return self.ask(encoded_chunk((case,), room), self._seconds * _SINGLE_SHARE)[0]
        except WorkerLost as error:
            self._losses[error.verdict] += 1
            if self._losses[error.verdict] >= (_LOSSES[error.verdict] if self._answered else min(_LOSSES.values())):
                self._give_up(error)
            return lost(error)

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

    def ask(self, chunk: Chunk, seconds: float | None = None, answer: Frame | WorkerLost | None = None) -> Observations:
        """What the submission does on a chunk's cases.

        Args:
            chunk: the cases.
            seconds: how long it may take; as long as any message by default.
            answer: what the worker has recorded on the chunk's forms, if it has.

        Raises:
            WorkerLost: some case ended a process, or too many have.
            NotAllowed: it calls what the rules refuse.

        """
        if self._last is not None:
            raise self._last
        if isinstance(answer, WorkerLost):
            raise answer
        return self._exchange(chunk, seconds or self._seconds, answer)

    def _exchange(self, chunk: Chunk, seconds: float, answer: Frame | None = None) -> Observations:
        self._asked += 1
        with self._timed():
            answer = answer or self._besides(chunk.forms, seconds, {"called": chunk.called})
            found = self._read(answer, chunk.forms, chunk.recordings)
            calls = [found[place] for place in chunk.form_of]
            replayed = self._replayer.replay(chunk, calls, seed=self._asked, seconds=seconds)
            self._answered = True
            return self._other_ways(chunk, replayed, seconds) if replayed.diverged else replayed.seen

    @contextlib.contextmanager
    def _timed(self) -> Iterator[None]:
        start = time.monotonic()
        try:
            yield
        finally:
            self._spent += time.monotonic() - start
            if self._spent > _IN_ALL * self._seconds:
                why = _("the answers took more than {seconds} s in all").format(seconds=f"{_IN_ALL * self._seconds:g}")
                self._give_up(WorkerLost(Verdict.TIMEOUT, why))

    def _other_ways(self, chunk: Chunk, replayed: Replayed, seconds: float) -> Observations:
        """Record anew what went another way than its form's recording, and replay that.

        The worker is not shown the input, but one that is alike (`forms.probe_of`), and told which booleans the code
        reads on the input: a bit each, and a few bits an element. Whatever else it reads there stays untold, so that no
        answer can be made of it.
        """
        seen, left = list(replayed.seen), replayed.diverged
        told: dict[int, int] = {}
        for _round in range(_ROUNDS):
            places = [
                place
                for place, reads in left.items()
                if told.get(place) != len(reads)
                and reads.count(True) + reads.count(False) <= booleans_told(chunk.cases[place])
            ][: self._ways]
            if not places:
                break
            self._ways -= len(places)
            told |= {place: len(left[place]) for place in places}
            cases = [chunk.cases[place] for place in places]
            probes = codec.encode_cases([probe_of(case, alike=True) for case in cases])
            answer = self._besides(probes, seconds, {"scripts": [left[place] for place in places]})
            calls = self._read(answer, probes, len(cases))
            again = self._replayer.replay(encoded_chunk(cases, chunk.room), calls, seed=self._asked, seconds=seconds)
            for place, found in zip(places, again.seen, strict=True):
                seen[place] = found
            left = {place: reads for place, reads in left.items() if place not in places} | {
                places[index]: reads for index, reads in again.diverged.items()
            }
        for place in left:
            seen[place] = too_many_ways(seen[place])
        return Observations.of(seen)

    def repeats(self, known: Known) -> bool:
        """Whether the worker answers the questions that a known result came of as they were answered then."""
        for asked in known.asked:
            try:
                with self._timed():
                    answer = self._answer(asked.forms, self._seconds, asked.header)
            except WorkerLost:
                return False
            if self._last is not None or digest_of(answer) != asked.digest:  # late in all, or another answer
                return False
        return True

    def printed(self, cases: Sequence[Case]) -> str:
        """What the submission prints on these cases, for its author; asked last, for the worker is shown them."""
        if self._last is not None or self._worker is None:
            return ""
        try:
            header, seconds = {"op": "print"}, self._seconds * _SINGLE_SHARE
            answer, _raw = self._worker.ask(header, codec.encode_cases(cases), seconds=seconds, max_raw=0)
            return codec.texts([answer.get("printed")])[0]
        except (ProtocolError, WorkerLost):
            self._drop()
            return ""

    def _answer(self, forms: bytes, seconds: float, header: Mapping[str, object]) -> Frame:
        """What the worker records on these forms, unread."""
        worker = self._worker or self._load()
        try:
            return worker.ask({"op": "record", **header}, forms, seconds=seconds, max_raw=_MAX_PROGRAMS)
        except ProtocolError as error:
            self._drop()
            raise no_answer(error) from error
        except WorkerLost:
            self._drop()
            raise

    def _besides(self, forms: bytes, seconds: float, header: Mapping[str, object]) -> Frame:
        """The same for forms that not every submission is asked about."""
        answer = self._answer(forms, seconds, header)
        if self.asked is not None:
            self.asked.append(Asked(header, forms, digest_of(answer)))
        return answer

    def _read(self, answer: Frame, forms: bytes, count: int) -> list[Recording]:
        """The recordings that are in an answer, once the rules have nothing against them."""
        try:
            found = read_recordings(*answer, count)
        except ProtocolError as error:
            self._drop()
            raise no_answer(error) from error
        rules = self._exercise.rules
        for place, recording in enumerate(found):
            if check_program(recording.program, rules):
                raise NotAllowed(self._with_lines(forms, place, count, recording))
        return found

    def _with_lines(self, forms: bytes, place: int, count: int, recording: Recording) -> tuple[Violation, ...]:
        """The same violations, with lines of the learner's file where the worker still answers."""
        rules = self._exercise.rules
        lines: Mapping[str, int] = {}
        try:
            worker = self._worker or self._load()
            answer, data = worker.ask(
                {"op": "record", "lines": True}, forms, seconds=self._seconds, max_raw=_MAX_PROGRAMS
            )
            lines = read_recordings(answer, data, count)[place].claims.lines
        except (ProtocolError, WorkerLost, LoadFailed):
            self._drop()
        return check_program(recording.program, rules, lines, self._source.decode())

    def _give_up(self, error: WorkerLost) -> None:
        """Ask nothing more: what is left counts as lost the same way."""
        self._last = self._last or error

    def _load(self) -> Worker:
        exercise = self._exercise
        header = {"op": "load", "file": exercise.path, "symbol": exercise.symbol, "kind": exercise.kind}
        self._worker = self._sandbox.worker()
        try:
            answer, data = self._worker.ask(header, self._source, seconds=self._seconds, max_raw=0)
            if answer.get("loaded") is not True:
                raised = unloadable(codec.decode_observations(answer, data, 1)[0])
                if self._loaded:
                    self._drop()
                    fact = _("the file was loaded once; loaded again, it raises {type}").format(type=raised.type)
                    raise WorkerLost(Verdict.CRASH, fact)
                raise LoadFailed(raised)
            self._loaded = True
        except ProtocolError as error:
            raise no_answer(error) from error
        return self._worker

    def _drop(self) -> None:
        worker, self._worker = self._worker, None
        self.asked = None
        if worker is not None:
            worker.close()

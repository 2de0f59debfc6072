"""The process that runs recorded programs on the inputs that are judged; no learner's code comes near it."""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.grade.plan import Chunk, Replayed
from autograder.language import _
from autograder.result import Verdict
from autograder.sandbox import Frame, Sandbox, Worker, WorkerLost
from autograder.worker import codec
from autograder.worker.program import MAX_STEPS, Json, Program, read_program
from autograder.worker.wire import ProtocolError

_KEPT = 16  # replays of a chunk that are kept for other submissions with the same programs
_LIFE = 30  # times the seconds a request may take, after which a fresh process takes over: a worker has 60 in all
_MAX_LINES = 2000


@dataclass(frozen=True, slots=True)
class Claims:
    """What a worker says of itself and no replay can show; checked for its form, believed for what it is."""

    entry: Mapping[str, Json]
    lines: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Recording:
    """A call as a worker has recorded it."""

    program: Program
    claims: Claims


def read_recordings(answer: Mapping[str, Json], raw: bytes, count: int) -> list[Recording]:
    """The ``count`` recordings of a worker's answer; ProtocolError where anything is not as it must be."""
    cases, told = answer.get("cases"), answer.get("claims")
    if type(cases) is not list or len(cases) != count or type(told) is not list or len(told) > count:
        raise ProtocolError(f"the answer does not hold count={count} recordings")
    try:
        texts = raw.decode().split("\n")
    except UnicodeDecodeError as error:
        raise ProtocolError("programs are not text") from error
    if len(texts) > max(count, 1):
        raise ProtocolError("the answer holds more programs than recordings")
    programs = [read_program(text) for text in texts] if count else []
    claims = [_claims(entry) for entry in told]
    found = []
    for item in cases:
        if type(item) is not list or len(item) != 2 or not all(type(place) is int and place >= 0 for place in item):
            raise ProtocolError("a recording is no pair of a program and its claims")
        if item[0] >= len(programs) or item[1] >= len(claims):
            raise ProtocolError("a recording has no program")
        found.append(Recording(programs[item[0]], claims[item[1]]))
    return found


def _claims(entry: Json) -> Claims:
    if type(entry) is not dict or entry.keys() != {"globals", "module", "lines"}:
        raise ProtocolError("claims are not an object of globals, module and lines")
    changed = codec.texts(entry["globals"])
    module = None if entry["module"] is None else codec.counts(entry["module"])
    lines: dict[str, int] = {}
    if type(entry["lines"]) is not list:
        raise ProtocolError("lines are not a list")
    for item in entry["lines"][:_MAX_LINES]:
        match item:
            case [str(name), int(line)]:
                lines.setdefault(name, line)
            case _:
                raise ProtocolError("a line is no pair of a name and a number")
    return Claims({"globals": list(changed), "module": module}, lines)


class Replayer:
    """Runs programs in a worker of a sandbox that loads no file; a new one where one was lost.

    Args:
        sandbox: makes the process.

    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._worker: Worker | None = None
        self._kept: dict[int, int] = {}  # by the identity of chunks that the process knows; ``_chunks`` keeps them
        self._chunks: list[Chunk] = []

    def replay(self, chunk: Chunk, calls: Sequence[Recording], *, seed: int, seconds: float) -> Replayed:
        """What recorded calls do on a chunk's cases, one for each.

        Args:
            chunk: the cases.
            calls: of each case, what was recorded for it.
            seed: of torch's random numbers.
            seconds: how long it may take.

        Raises:
            WorkerLost: a program ended the process, or took too long.

        """
        request = _request(calls, seed)
        key = hashlib.sha256(repr(request).encode(errors="replace")).digest()
        known = chunk.replays.pop(key, None) or self._replayed(chunk, request, seconds)
        chunk.replays[key] = known  # the last to be let go of
        if len(chunk.replays) > _KEPT:
            del chunk.replays[next(iter(chunk.replays))]
        return known

    def close(self) -> None:
        """End the process."""
        worker, self._worker = self._worker, None
        self._kept.clear()
        self._chunks.clear()
        if worker is not None:
            self._end()

    def _replayed(self, chunk: Chunk, request: dict[str, Any], seconds: float) -> Replayed:
        try:
            answer, data = self._ask(chunk, request, seconds)
            if answer.get("unfit") is True:  # the first process of a zygote has not waited for what only some need
                self.close()
                answer, data = self._ask(chunk, request | {"fit": True}, seconds)
            seen = codec.decode_observations(answer, data, len(chunk.cases))
            spent = answer.get("spent")
            if type(spent) is float and spent > _LIFE * seconds:
                self.close()
            return Replayed(seen, _diverged(answer.get("diverged"), len(chunk.cases)))
        except ProtocolError as error:
            self.close()
            fact = _("the process sent something that is no answer ({error})").format(error=error)
            raise WorkerLost(Verdict.CRASH, fact) from error
        except WorkerLost:
            self.close()
            raise

    def _ask(self, chunk: Chunk, request: Mapping[str, Any], seconds: float) -> Frame:
        if self._worker is None:
            self._worker = self._sandbox.worker()
            self._end = weakref.finalize(self, self._worker.close)  # also where nobody closes this
        place = self._kept.get(id(chunk))
        if place is not None:
            header, raw = {**request, "kept": place}, b""
        else:
            header, raw = {**request, "keep": chunk.lasting}, chunk.encoded
        header["room"] = chunk.room
        answer = self._worker.ask(header, raw, seconds=seconds, max_raw=chunk.room)
        if place is None and chunk.lasting:
            self._kept[id(chunk)] = len(self._chunks)
            self._chunks.append(chunk)
        return answer


def _request(calls: Sequence[Recording], seed: int) -> dict[str, Any]:
    texts: dict[str, int] = {}
    claims: list[Mapping[str, Json]] = []
    of = []
    for call in calls:
        if call.claims.entry not in claims:
            claims.append(call.claims.entry)
        of.append([texts.setdefault(call.program.text, len(texts)), claims.index(call.claims.entry)])
    return {"op": "replay", "programs": list(texts), "of": of, "claims": claims, "seed": seed}


def _diverged(value: Json, count: int) -> dict[int, list[bool | None]]:
    if type(value) is not list:
        raise ProtocolError("what diverged is not a list of cases")
    found: dict[int, list[bool | None]] = {}
    for item in value:
        match item:
            case [int(index), list(reads)] if 0 <= index < count and len(reads) <= MAX_STEPS:
                found[index] = [read if type(read) is bool else None for read in reads]
            case _:
                raise ProtocolError("what diverged is no pair of a case and what it reads")
    return found

"""Answers that record what another has recorded: the same programs on the same inputs do the same, and get its result.

Most of a class write one of a few right answers, or make one of a few mistakes. What is known again is everything that
the worker has said from the first form to the last: on what every submission is asked, and on what judging one that
fails has asked besides. So a result never depends on who else is in the class.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from autograder.grade.plan import Chunk
from autograder.result import ExerciseResult
from autograder.sandbox import Frame, WorkerLost

_KEPT = 512  # results
_ROOM = 32 << 20  # bytes of the questions that they have led to


class Asked(NamedTuple):
    """A question that judging has asked besides, and the digest of its answer."""

    header: Mapping[str, object]
    forms: bytes
    digest: bytes


class Known(NamedTuple):
    """A result, and the further questions that it came of."""

    result: ExerciseResult
    asked: tuple[Asked, ...]


class Repeats:
    """The last results, by the digest of what had been recorded for every form."""

    def __init__(self) -> None:
        self._known: dict[bytes, Known] = {}
        self._room = _ROOM

    def find(self, key: bytes) -> Known | None:
        """What an answer with these recordings came to."""
        known = self._known.pop(key, None)
        if known is not None:
            self._known[key] = known  # the last to be let go of
        return known

    def keep(self, key: bytes, result: ExerciseResult, asked: Sequence[Asked]) -> None:
        """Take in what an answer with these recordings came to, by these further questions."""
        self._forget(key)
        self._known[key] = Known(result, tuple(asked))
        self._room -= _size(self._known[key])
        while len(self._known) > _KEPT or self._room < 0:
            self._forget(next(iter(self._known)))

    def _forget(self, key: bytes) -> None:
        known = self._known.pop(key, None)
        self._room += 0 if known is None else _size(known)


def _size(known: Known) -> int:
    return sum(len(asked.forms) for asked in known.asked)


def digest_of(answer: Frame) -> bytes:
    """A digest of all that an answer says."""
    header, programs = answer
    told = repr({name: value for name, value in header.items() if name != "id"})
    return hashlib.sha256(told.encode(errors="surrogatepass") + b"\n" + programs).digest()


def key_of(exercise: str, chunks: Sequence[Chunk], answers: Sequence[Frame | WorkerLost]) -> bytes | None:
    """A digest of what is asked, and of a worker's answers to it; None where not every chunk has one."""
    if len(answers) < len(chunks):
        return None
    digest = hashlib.sha256(exercise.encode())
    for chunk, answer in zip(chunks, answers, strict=True):
        if isinstance(answer, WorkerLost):
            return None
        digest.update(chunk.digest + digest_of(answer))
    return digest.digest()

"""Answers whose recordings are those of an answer that passed pass: the same programs, on the same inputs, do the same.

Most of a class write one of a few right answers. Only a pass is known again: what fails is told by calls of the
submission's own, and with its own lines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from autograder.grade.plan import Chunk
from autograder.sandbox import Frame, WorkerLost

_KEPT = 4096  # answers, of a few hundred bytes each


class Passed:
    """Recordings with which every property held, and how many cases each was asked about."""

    def __init__(self) -> None:
        self._counts: dict[bytes, tuple[int, ...]] = {}

    def find(self, key: bytes | None) -> tuple[int, ...] | None:
        """The cases of each property, if an answer with these recordings has passed."""
        return None if key is None else self._counts.get(key)

    def keep(self, key: bytes, cases: Sequence[int]) -> None:
        """Take in that an answer with these recordings has passed."""
        if len(self._counts) >= _KEPT:
            del self._counts[next(iter(self._counts))]
        self._counts[key] = tuple(cases)


def key_of(exercise: str, chunks: Sequence[Chunk], answers: Sequence[Frame | WorkerLost]) -> bytes | None:
    """A digest of what is asked, and of a worker's answers to it; None where not every chunk has one."""
    if len(answers) < len(chunks):
        return None
    digest = hashlib.sha256(exercise.encode())
    for chunk, answer in zip(chunks, answers, strict=True):
        if isinstance(answer, WorkerLost):
            return None
        header, programs = answer
        told = repr({name: value for name, value in header.items() if name != "id"})
        for part in (chunk.digest, told.encode(errors="surrogatepass"), programs):
            digest.update(len(part).to_bytes(8, "little") + part)
    return digest.digest()

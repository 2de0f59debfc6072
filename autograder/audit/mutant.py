"""A mutant: a solution with one thing wrong, and the words for it."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

FIRST_ORDER, GUARDED, CONTROL = "first-order", "guarded", "control"


@dataclass(frozen=True)
class Mutant:
    """A wrong answer made of a right one; a control is a right one that looks as a wrong one does.

    Args:
        exercise: whose solution it was.
        kind: FIRST_ORDER, GUARDED or CONTROL.
        group: the operator of a first-order mutant, the class of the predicate of a guarded one.
        effect: how it is wrong where it is: the category of a guarded one, the operator's detail of a first-order one.
        detail: the predicate of a guarded one and the form that its effect takes, or the change of a first-order one.
        text: the file.
        predicate: the condition of a guarded one; empty for others.

    """

    exercise: str
    kind: str
    group: str
    effect: str
    detail: str
    text: str
    predicate: str = ""

    @property
    def name(self) -> str:
        """A name that depends on nothing but the mutant itself."""
        return name_of(self.exercise, self.text)

    def diff(self, original: str) -> str:
        """What was changed, as a unified diff without its header."""
        lines = difflib.unified_diff(original.splitlines(), self.text.splitlines(), lineterm="", n=0)
        return "\n".join(line for line in list(lines)[2:] if not line.startswith("@@"))


def name_of(exercise: str, text: str) -> str:
    """The name of an answer to an exercise that is made by us: a learner's, where it is written to a file."""
    return f"{exercise}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def sampled(mutants: Sequence[Mutant], count: int | None, seed: int) -> list[Mutant]:
    """At most ``count`` of them, spread evenly over kinds, groups and effects; the same ones for the same seed."""
    if count is None or count >= len(mutants):
        return list(mutants)
    lanes: dict[tuple[str, str, str], list[Mutant]] = {}
    for mutant in sorted(mutants, key=lambda mutant: _lot(seed, mutant.name)):
        lanes.setdefault((mutant.kind, mutant.group, mutant.effect), []).append(mutant)
    queue = sorted(lanes.values(), key=lambda lane: _lot(seed, repr(lane[0].name)))
    chosen: set[str] = set()
    while len(chosen) < count:
        for lane in queue:
            if lane and len(chosen) < count:
                chosen.add(lane.pop().name)
    return [mutant for mutant in mutants if mutant.name in chosen]


def unique(mutants: Sequence[Mutant]) -> list[Mutant]:
    """The same without those whose text another one before has already."""
    return list({mutant.text: mutant for mutant in reversed(mutants)}.values())[::-1]


def _lot(seed: int, text: str) -> bytes:
    return hashlib.sha256(f"{seed}\0{text}".encode()).digest()

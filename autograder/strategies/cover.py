"""Covering arrays: few combinations of choices in which every few choices meet.

A mistake that shows for one dtype, one number of dimensions and one option at once shows in one of a thousand
combinations, and in one row of a covering array, which has some dozens.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

Candidate = TypeVar("Candidate")


def covering(
    candidates: Iterable[Candidate],
    meets: Callable[[Candidate], Iterable[Hashable]],
    first: Sequence[Candidate] = (),
) -> list[Candidate]:
    """A few candidates that together meet whatever any of them meets, chosen greedily; the same ones every time.

    Args:
        candidates: to choose from; of equals, the first is taken.
        meets: what a candidate meets.
        first: those that are taken in any case, and come first.

    """
    numbers: dict[Hashable, int] = {}
    given = [*first, *candidates]
    met = [sum(1 << numbers.setdefault(item, len(numbers)) for item in set(meets(one))) for one in given]
    missing = (1 << len(numbers)) - 1
    chosen = list(range(len(first)))
    for index in chosen:
        missing &= ~met[index]
    while missing:
        best = max(range(len(given)), key=lambda index: (met[index] & missing).bit_count())
        missing &= ~met[best]
        chosen.append(best)
    return [given[index] for index in sorted(chosen)]


def product(**choices: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Every row of one value a field."""
    return (dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values()))


def together(row: Mapping[str, Hashable], strength: int, fields: Collection[str] | None = None) -> Iterator[Hashable]:
    """What a row meets: every combination of so many of its fields' values, or of some of its fields'."""
    return itertools.combinations([item for item in row.items() if fields is None or item[0] in fields], strength)


def covered(strength: int, **choices: Collection[Any]) -> list[dict[str, Any]]:
    """Rows of one value a field, in which so many fields meet in every combination."""
    rows = product(**{name: tuple(values) for name, values in choices.items()})
    return covering(rows, lambda row: together(row, strength))

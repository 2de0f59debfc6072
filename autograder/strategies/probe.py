"""What is judged at once, and what a family of cases is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autograder.worker.case import Case

if TYPE_CHECKING:  # a probe that was drawn before needs no Hypothesis, which takes half a second to import
    from hypothesis.strategies import SearchStrategy


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """One case, or a few that only mean something together, such as f(x), f(-x) for a symmetry.

    Args:
        cases: in the order in which they are called.
        label: what the probe is about, for the judge of a family that holds several kinds.
        origin: the position in the family's strategies that drew it; None for a fixed probe, which is minimal as
            it stands.
        parts: the probes that this one joins in one call; none where it is not a pack.

    """

    cases: tuple[Case, ...]
    label: str = ""
    origin: int | None = None
    parts: tuple[Probe, ...] = ()

    @property
    def count(self) -> int:
        """How many probes were drawn for it."""
        return len(self.parts) or 1


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Fixed, readable probes that come first, and strategies for the rest.

    Args:
        fixed: probes that every run has.
        strategies: one for each combination of discrete options: options are enumerated, never drawn (a drawn
            ignore_index was -100 throughout in one corpus of eight).
        count: how many probes are drawn, spread evenly over the strategies.
        join: makes the cases of one call that observes several alike probes; None where each needs its own.
        apart: how many drawn probes are not joined, but keep their shapes.
        first: how many fixed probes are not joined: who fails everywhere then needs no search, and two of one shape
            show an answer that is remembered by shape.

    """

    fixed: tuple[Probe, ...] = ()
    strategies: tuple[SearchStrategy[Probe], ...] = ()
    count: int = 0
    join: Callable[[Sequence[Probe]], tuple[Case, ...]] | None = None
    apart: int = 0
    first: int = 0


Families = Mapping[str, Family]
"""Families of an exercise by name; a property says which one it reads."""


def probes(*cases: Case, label: str = "") -> tuple[Probe, ...]:
    """A fixed probe for each case."""
    return tuple(Probe((case,), label) for case in cases)


def without_gradients(probe: Probe) -> Probe:
    """The same calls under ``torch.no_grad()``: shows a function that switches gradients on again."""
    return replace(probe, cases=tuple(replace(case, grad_enabled=False) for case in probe.cases))

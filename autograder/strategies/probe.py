"""What is judged at once, and what a family of cases is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hypothesis.strategies import SearchStrategy

from autograder.worker.case import Case


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """One case, or a few that only mean something together, such as f(x), f(-x) for a symmetry.

    Args:
        cases: in the order in which they are called.
        label: what the probe is about, for the judge of a family that holds several kinds.
        origin: the position in the family's strategies that drew it; None for a fixed probe, which is minimal as
            it stands.

    """

    cases: tuple[Case, ...]
    label: str = ""
    origin: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Fixed, readable probes that come first, and strategies for the rest.

    Args:
        fixed: probes that every run has.
        strategies: one for each combination of discrete options: options are enumerated, never drawn (a drawn
            ignore_index was -100 throughout in one corpus of eight).
        count: how many probes are drawn, spread evenly over the strategies.

    """

    fixed: tuple[Probe, ...] = ()
    strategies: tuple[SearchStrategy[Probe], ...] = ()
    count: int = 0


Families = Mapping[str, Family]
"""Families of an exercise by name; a property says which one it reads."""


def probes(*cases: Case, label: str = "") -> tuple[Probe, ...]:
    """A fixed probe for each case."""
    return tuple(Probe((case,), label) for case in cases)


def without_gradients(probe: Probe) -> Probe:
    """The same calls under ``torch.no_grad()``: shows a function that switches gradients on again."""
    return replace(probe, cases=tuple(replace(case, grad_enabled=False) for case in probe.cases))

"""What a property is, and how the files of this package make theirs known."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from autograder.course import Exercise
from autograder.oracle import Expected
from autograder.properties.agreement import Part
from autograder.result import Mismatch, Tier
from autograder.strategies.probe import Probe
from autograder.worker.case import Observation


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """One probe with both sides of it: an observation and an expectation for each of its cases.

    ``agreed`` says that all outputs and gradients are known to be right; ``told``, that wrong ones have cost their own
    points already.
    """

    exercise: Exercise
    probe: Probe
    actual: tuple[Observation, ...]
    expected: tuple[Expected, ...]
    agreed: bool = False
    told: bool = False


Judge = Callable[[Check], Mismatch | None]
Selects = Callable[[Probe], bool]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What a property says of the cases of all other families: they are observed once, and tell of many things.

    Args:
        concerns: whether it is asked of a probe, from what was seen there besides numbers.
        judge: its judge there.

    """

    concerns: Callable[[Probe, Sequence[Observation]], bool]
    judge: Judge


@dataclass(frozen=True, slots=True)
class Property:
    """A statement over all cases of a family.

    Args:
        name: as course.yaml calls it.
        title: the statement, in a line.
        why: why it matters, in a sentence.
        reads: the family of cases.
        judge: None, or why a probe breaks the property.
        tier: core or stretch.
        needs: properties that must hold for this one to say anything; it is skipped where one of them fails.
        selects: which probes of the family it is about; all by default.
        elsewhere: what it also says of other families' probes.
        compares: the parts of an observation whose agreement with the reference is all that the judge asks for, so
            that it need not be called where they agree; nothing where it asks for more.

    """

    name: str
    title: str
    why: str
    reads: str
    judge: Judge
    tier: Tier = Tier.CORE
    needs: tuple[str, ...] = ()
    selects: Selects | None = None
    compares: Part = Part.NOTHING
    elsewhere: Elsewhere | None = None


_REGISTRY: dict[str, Property] = {}


def property_check(
    name: str,
    *,
    title: str,
    why: str,
    reads: str,
    tier: Tier = Tier.CORE,
    needs: tuple[str, ...] = (),
    selects: Selects | None = None,
    compares: Part = Part.NOTHING,
    elsewhere: Elsewhere | None = None,
) -> Callable[[Judge], Judge]:
    """Make the decorated judge a property; see `Property` for the arguments."""

    def register(judge: Judge) -> Judge:
        if name in _REGISTRY:
            raise ValueError(f"property name={name!r} is defined twice; give one of them another name")
        _REGISTRY[name] = Property(name, title, why, reads, judge, tier, needs, selects, compares, elsewhere)
        return judge

    return register


@functools.cache
def load_properties() -> Mapping[str, Property]:
    """Every property of this package by name, the files in alphabetical order."""
    package = importlib.import_module("autograder.properties")
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(_REGISTRY)

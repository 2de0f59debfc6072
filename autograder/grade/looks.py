"""What was seen on the cases of a plan, probe by probe, for a property: of its own family, and elsewhere."""

from __future__ import annotations

import functools
import operator
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from autograder.grade.plan import Plan, PlannedFamily
from autograder.oracle import Expected
from autograder.properties import Check, Part, Property
from autograder.properties.options import options_of
from autograder.strategies.probe import Probe
from autograder.worker.accelerator import available
from autograder.worker.case import SIMULATED, Observation
from autograder.worker.rows import Observations

_NUMBERS = Part.OUTPUT | Part.GRADIENTS


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A probe as a property has to judge it.

    Args:
        item: the property; of another family's probe, what it says there.
        family: whose probe it is.
        probe: the cases.
        actual: what was seen.
        expected: what the reference does.
        agreed: the parts that are known to be right.

    """

    item: Property
    family: PlannedFamily
    probe: Probe
    actual: tuple[Observation, ...]
    expected: tuple[Expected, ...]
    agreed: Part

    def check(self, plan: Plan, least: float = 0.0, *, told: bool = False) -> Check:
        """The same for a judge, with no tolerance smaller than the least."""
        expected = with_tolerance(self.expected, least)
        return Check(plan.exercise, self.probe, self.actual, expected, agreed=_NUMBERS in self.agreed, told=told)


class Look:
    """What was seen on all cases of a plan, and where that agrees with the references."""

    def __init__(self, plan: Plan, seen: Observations) -> None:
        self._exercise = plan.exercise
        self._families = plan.families
        self._seen = seen
        self._agreed = plan.yardstick.agreed(seen)

    def count(self, item: Property, without: Collection[str] = ()) -> int:
        """How many cases of its own family the property is about, less those that use some options."""
        return sum(family.probes[index].count for family, index in self._own(item, without))

    def of(self, item: Property, without: Collection[str] = ()) -> Iterator[Sight]:
        """What the property has to judge of its own family."""
        for family, index in self._own(item, without):
            yield from self._sight(item, family, index)

    def elsewhere(self, item: Property, without: Collection[str] = ()) -> Iterator[Sight]:
        """What it has to judge of all other families."""
        if item.elsewhere is None:
            return
        for name, family in self._families.items():
            if name == item.reads or undecidable(family):
                continue
            there = replace(item, reads=name, judge=item.elsewhere.judge, selects=None)
            for index, probe in enumerate(family.probes):
                if self._uses(probe, without):
                    continue
                facts = [outline.facts for outline in self._seen.outlines[family.places[index]]]
                if item.elsewhere.concerns(probe, facts):
                    yield from self._sight(there, family, index)

    def _own(self, item: Property, without: Collection[str]) -> Iterator[tuple[PlannedFamily, int]]:
        family = self._families.get(item.reads)
        for index, probe in enumerate(family.probes if family else ()):
            if family and (item.selects is None or item.selects(probe)) and not self._uses(probe, without):
                yield family, index

    def _uses(self, probe: Probe, options: Collection[str]) -> bool:
        return bool(options) and any(not options_of(self._exercise, case).isdisjoint(options) for case in probe.cases)

    def _sight(self, item: Property, family: PlannedFamily, index: int) -> Iterator[Sight]:
        """One, unless all that the property compares is known to be right."""
        place = family.places[index]
        agreed = functools.reduce(operator.and_, self._agreed[place])
        if not (item.compares and item.compares in agreed):
            yield Sight(item, family, family.probes[index], self._seen[place], family.expected[index], agreed)


def with_tolerance(expected: tuple[Expected, ...], least: float) -> tuple[Expected, ...]:
    """The same expectations, none of them stricter than the least tolerance."""
    if not least:
        return expected
    return tuple([replace(item, tolerance=max(item.tolerance, least)) for item in expected])


def undecidable(family: PlannedFamily) -> bool:
    """Whether the family's cases need a device that cannot be had; asked here, not of the worker."""
    if not any(case.device == SIMULATED for probe in family.probes for case in probe.cases):
        return False
    return not available()

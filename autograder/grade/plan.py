"""What a run asks of every submission: cases drawn once from the seed, references observed once, points shared out."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from typing import NamedTuple

from autograder.course import Budget, Course, Exercise
from autograder.errors import UsageError
from autograder.grade.cache import Drawn, PlanCache
from autograder.language import _
from autograder.oracle import Expected, expect
from autograder.properties import Property, Yardstick, load_properties
from autograder.result import Tier
from autograder.strategies.asked import Literals, asked, literals
from autograder.strategies.forms import forms_of
from autograder.strategies.packing import packed
from autograder.strategies.probe import Families, Probe
from autograder.worker import codec
from autograder.worker.case import Case
from autograder.worker.rows import Observations

_CHUNK = 50  # cases a message: half the cost of one by one, and little is lost with a worker
_ROOM_FACTOR = 4  # how much larger than the right answer's a wrong answer's tensors may be and still be shown
_ASKED = 64  # plans of what sources ask for that are kept
_ROOM_LEAST = 64 << 10


@dataclass(frozen=True, slots=True)
class Graded:
    """A property of an exercise and what it is worth, in hundredths of a point so that sums are exact."""

    property: Property
    hundredths: int


@dataclass(frozen=True, slots=True, eq=False)
class PlannedFamily:
    """A family's drawn probes, and what the reference does on each of their cases.

    Args:
        probes: in the order in which they are asked for.
        expected: of each probe, what is expected of its cases.
        seed: the family's own.
        places: of each probe, where its observations are among those of the whole plan.

    """

    probes: tuple[Probe, ...]
    expected: tuple[tuple[Expected, ...], ...]
    seed: int
    places: tuple[slice, ...]


class Replayed(NamedTuple):
    """What programs did on a chunk's cases, and the cases on which the recorded code would have gone another way.

    Of each of these, what it reads there as far as that is known: booleans, and None for what may not be told.
    """

    seen: Observations
    diverged: Mapping[int, Sequence[bool | None]]


@dataclass(frozen=True, eq=False)
class Chunk:
    """Cases that are asked about in one message, encoded once for all submissions.

    Args:
        cases: what is judged; no worker sees them.
        encoded: the same, for the replayer.
        room: how many bytes its answer may have.
        forms: what a worker is shown instead: probes of the same forms, each once where it can be.
        form_of: of each case, which of these is its.
        called: those of a sequence, in which calls may depend on one another: each must really be called.
        lasting: whether it is asked of many submissions.
        replays: what was seen of programs that other submissions may bring, too.

    """

    cases: tuple[Case, ...]
    encoded: bytes
    room: int
    forms: bytes
    form_of: tuple[int, ...]
    called: tuple[int, ...] = ()
    lasting: bool = False
    replays: dict[bytes, Replayed] = field(default_factory=dict)

    @functools.cached_property
    def digest(self) -> bytes:
        """Of the cases as they are encoded."""
        return hashlib.sha256(self.encoded).digest()

    @property
    def recordings(self) -> int:
        """How many forms there are."""
        return 1 + max(self.form_of, default=-1)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Everything an exercise is graded by; the same for every learner of a run.

    ``strategies`` answers what the probes were drawn by, for who has to shrink one: that alone needs Hypothesis, which
    takes half a second to import. ``asked`` keeps the plans of what some sources have asked for besides.
    """

    exercise: Exercise
    properties: tuple[Graded, ...]
    families: Mapping[str, PlannedFamily]
    chunks: tuple[Chunk, ...]
    yardstick: Yardstick
    strategies: Callable[[], Families]
    asked: dict[Literals, Plan | None] = field(default_factory=dict)


def make_plan(
    course: Course, exercise: Exercise, seed: int, only: Collection[str] = (), cache: PlanCache | None = None
) -> Plan:
    """Draw and observe everything for one exercise, or take it from the cache.

    Args:
        course: tiers and budget.
        exercise: what is graded.
        seed: the run's; each family derives its own from it, so that no family's draws depend on another's.
        only: names of the properties to grade; all of the exercise's when empty.
        cache: where what was drawn is kept for the next run.

    """
    known = load_properties()
    chosen = tuple(name for name in exercise.properties if not only or name in only)
    graded = [graded for graded in share_points(course, exercise, known) if not only or graded.property.name in only]
    if not graded:
        fact = _("exercise={name} has none of the properties {names}")
        raise UsageError(fact.format(name=exercise.name, names=", ".join(sorted(only))))
    strategies = functools.cache(lambda: _strategies(exercise, course.budget))
    everywhere = any(known[name].elsewhere for name in chosen)  # what such a property says is about all cases
    wanted = list(dict.fromkeys(known[name].reads for name in (exercise.properties if everywhere else chosen)))
    drawn = None if cache is None else cache.find(exercise, course.budget, seed, wanted)
    if drawn is None:
        drawn = _drawn(exercise, strategies(), wanted, seed)
        if cache is not None:
            cache.keep(exercise, course.budget, seed, wanted, drawn)
    return _plan_of(exercise, tuple(graded), {name: drawn[name] for name in wanted}, strategies, seed)


def asked_plan(plan: Plan, source: str) -> Plan | None:
    """A plan of what a source's own numbers ask for besides; None where there is nothing of that kind in it."""
    found = literals(source)
    if found not in plan.asked:
        drawn = {
            name: (probes, tuple(expect_probe(plan.exercise, probe) for probe in probes))
            for name, probes in asked(plan.exercise, found).items()
            if name in plan.families
        }
        if len(plan.asked) >= _ASKED:
            del plan.asked[next(iter(plan.asked))]
        plan.asked[found] = _plan_of(plan.exercise, plan.properties, drawn, plan.strategies, 0) if drawn else None
    return plan.asked[found]


def _plan_of(
    exercise: Exercise,
    properties: tuple[Graded, ...],
    drawn: Drawn,
    strategies: Callable[[], Families],
    seed: int,
) -> Plan:
    planned = _planned(exercise, drawn, tuple(drawn), seed)
    yardstick = Yardstick([item for family in planned.values() for items in family.expected for item in items])
    return Plan(exercise, properties, planned, tuple(_chunks(planned.values())), yardstick, strategies)


def _planned(exercise: Exercise, drawn: Drawn, names: Sequence[str], seed: int) -> dict[str, PlannedFamily]:
    planned, start = {}, 0
    for name in names:
        probes, expected = drawn[name]
        ends = list(accumulate((len(probe.cases) for probe in probes), initial=start))
        places = tuple(slice(*pair) for pair in pairwise(ends))
        planned[name] = PlannedFamily(probes, expected, _seed_of(exercise, name, seed), places)
        start = ends[-1]
    return planned


def share_points(course: Course, exercise: Exercise, known: Mapping[str, Property]) -> list[Graded]:
    """Split an exercise's points among its properties: by tier, then by weight, in whole hundredths.

    The largest remainders get the odd hundredths, so that the shares add up to the points exactly. An exercise without
    properties of one tier gives all its points to the other.
    """
    properties = [known[name] for name in exercise.properties]
    total = round(exercise.points * 100)
    by_tier = {tier: [item for item in properties if item.tier is tier] for tier in Tier}
    percent = {Tier.CORE: course.tiers.core, Tier.STRETCH: course.tiers.stretch}
    shares = {tier: percent[tier] if by_tier[tier] else 0.0 for tier in Tier}
    points = _split(total, [shares[tier] for tier in Tier])
    hundredths: dict[str, int] = {}
    for tier, amount in zip(Tier, points, strict=True):
        weights = [exercise.properties[item.name] for item in by_tier[tier]]
        hundredths.update(zip((item.name for item in by_tier[tier]), _split(amount, weights), strict=True))
    ordered = sorted(properties, key=lambda item: item.tier is Tier.STRETCH)  # core first, else the course's order
    return [Graded(item, hundredths[item.name]) for item in ordered]


def _split(total: int, weights: Sequence[float]) -> list[int]:
    """``total`` in whole parts proportional to ``weights``, by largest remainder."""
    whole = sum(weights)
    if not whole:
        return [0 for _ in weights]
    exact = [total * weight / whole for weight in weights]
    parts = [int(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts


def _strategies(exercise: Exercise, budget: Budget) -> Families:
    from autograder.strategies.build import families

    return families(exercise, budget)


def _drawn(exercise: Exercise, strategies: Families, names: Sequence[str], seed: int) -> Drawn:
    from autograder.strategies.drawing import draw

    drawn = {}
    for name in names:
        probes = packed(strategies[name], draw(strategies[name], _seed_of(exercise, name, seed)))
        drawn[name] = probes, tuple(expect_probe(exercise, probe) for probe in probes)
    return drawn


def _seed_of(exercise: Exercise, name: str, seed: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{exercise.name}/{name}".encode()).digest()[:8], "big")


def expect_probe(exercise: Exercise, probe: Probe) -> tuple[Expected, ...]:
    """What the reference does on each case of a probe."""
    return tuple(expect(exercise.reference, exercise.family, case) for case in probe.cases)


def make_chunk(cases: Sequence[Case], expected: Sequence[Expected], alone: Sequence[bool] | None = None) -> Chunk:
    """Encode cases, with room for answers a few times as large as the right ones.

    Args:
        cases: in the order in which they are asked for.
        expected: of each case.
        alone: which of them need a recording of their own; all by default.

    """
    room = _ROOM_LEAST + _ROOM_FACTOR * sum(_size(item) for item in expected)
    return encoded_chunk(cases, room, alone)


def encoded_chunk(cases: Sequence[Case], room: int, alone: Sequence[bool] | None = None) -> Chunk:
    """The same, with a room of one's own."""
    alone = alone or [True] * len(cases)
    probes, form_of = forms_of(cases, alone)
    called = tuple([place for place, own in zip(form_of, alone, strict=True) if own])
    return Chunk(tuple(cases), codec.encode_cases(cases), room, codec.encode_cases(probes), form_of, called)


def _size(expected: Expected) -> int:
    seen = expected.observation
    tensors = [seen.output, *seen.gradients, *seen.second]
    return sum(16 + tensor.numel() * 8 for tensor in tensors if tensor is not None)


def _chunks(planned: Collection[PlannedFamily]) -> list[Chunk]:
    """All cases in the order of families, probes and cases: the order of what `session` observes."""
    cases = [case for family in planned for probe in family.probes for case in probe.cases]
    # What a call remembers shows where a third one is the first again; of pairs, each half is a call like any other.
    alone = [len(probe.cases) > 2 for family in planned for probe in family.probes for _ in probe.cases]
    expected = [item for family in planned for items in family.expected for item in items]
    slices = [slice(start, start + _CHUNK) for start in range(0, len(cases), _CHUNK)]
    return [replace(make_chunk(cases[place], expected[place], alone[place]), lasting=True) for place in slices]

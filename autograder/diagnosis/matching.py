"""Find the known mistake that a submission behaves exactly like."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module

import torch
from torch import Tensor

from autograder.course import Exercise
from autograder.diagnosis.agreement import (
    Allowances,
    Packed,
    agree,
    close,
    differing,
    pack,
    passes_through,
    reference_facts,
    rows_close,
)
from autograder.diagnosis.mistake import Form, Mistake
from autograder.language import _
from autograder.oracle import Expected
from autograder.worker.accelerator import available
from autograder.worker.case import SIMULATED, Case, Observation
from autograder.worker.observe import observe
from autograder.worker.rows import Observations

_DIFFERING = 3  # cases in which a mistake must show: what shows in fewer may be chance
_FEW = 16  # candidates that are looked at one by one
_MOST_COLUMNS = 5  # cases on which all candidates are observed: a tenth of a second each
_STRIDE = 61  # between cases that are compared one after the other: neighbours are of one kind
_PLANS = 16  # plans whose observations are kept: more than a course has exercises

_TABLES: OrderedDict[tuple[str, int, int, int], _Table] = OrderedDict()
_LOCK = threading.Lock()  # threads of a class share the tables, and observing changes settings of the process


def mistakes(family: str) -> tuple[Mistake, ...]:
    """The known mistakes of a family of exercises."""
    found: tuple[Mistake, ...] = import_module(f"autograder.diagnosis.{family}").MISTAKES
    return found


def diagnose(exercise: Exercise, cases: Sequence[Case], seen: Observations, expected: Sequence[Expected]) -> str | None:
    """How "Your code behaves exactly like …" ends, where that can be said of a submission; None where it cannot.

    Args:
        exercise: which one it is; its reference says which mistakes are looked for.
        cases: all that were observed.
        seen: what the submission did on each.
        expected: what the reference does on each.

    """
    named = find(exercise, cases, seen, expected)
    if not named:
        return None
    described = {mistake.name: _(mistake.description) for mistake in mistakes(exercise.family)}
    first, *others = [described[name] for name in named]
    for other in others:
        first = _("{mistake}, together with {other}").format(mistake=first, other=other)
    return first


def find(
    exercise: Exercise, cases: Sequence[Case], seen: Observations, expected: Sequence[Expected]
) -> tuple[str, ...]:
    """Names of the known mistakes that a submission behaves exactly like, taken together; empty where there are none.

    A mistake in one of its forms must agree with the submission on every case and differ from the reference in at
    least three. Where several sets of mistakes agree, one that has no part too many is the answer; where there are
    several such sets, nobody knows which one it is, and nothing is said.
    """
    if not available():  # no accelerator can be simulated: those cases were never answered
        placed = [index for index, case in enumerate(cases) if case.device != SIMULATED]
        cases, expected = [cases[index] for index in placed], [expected[index] for index in placed]
        seen = Observations.of(seen[index] for index in placed)
    facts = [outline.facts for outline in seen.outlines]
    if not cases or any(item.lost is not None for item in facts) or not all(map(_behaves, cases, facts)):
        return ()
    with _LOCK:
        table = _table_of(exercise, cases, expected)
        if not table.grows_alike(facts):
            return ()
        agreed = table.agreeing(pack(seen))
    return _in_order(agreed.pop(), exercise.family) if len(agreed) == 1 else ()


def _in_order(names: frozenset[str], family: str) -> tuple[str, ...]:
    """What is wrong with the formula before what is wrong with numbers at the edge, as the library has them."""
    return tuple(sorted(names, key=lambda name: [mistake.name for mistake in mistakes(family)].index(name)))


# What no known mistake does ------------------------------------------------------------------------------------------


def _behaves(case: Case, seen: Observation) -> bool:
    """Whether nothing was seen that no known mistake does: another device, copies to the host, state of a module."""
    if seen.raised is not None:
        return True
    events = {} if seen.trace is None else seen.trace.events
    return (
        seen.device == case.device
        and all(name in ("", case.device) for name in seen.gradient_devices)
        and not any(name.startswith("d2h") for name in events)
        and not any((seen.module or {}).values())
    )


def _operations(seen: Observation) -> tuple[int, int]:
    """How many operations a traced call took, and how many waits for its device."""
    if seen.trace is None:
        return 0, 0
    waits = sum(count for name, count in seen.trace.events.items() if name.startswith("sync"))
    return (0, waits) if seen.trace.events else (seen.trace.calls, 0)


def _is_tiled(small: Case, large: Case) -> bool:
    """Whether ``large`` is ``small`` several times over, both traced: what a loop shows itself on."""
    first, second = small.args[0], large.args[0]
    if not (small.trace and large.trace and isinstance(first, Tensor) and isinstance(second, Tensor)):
        return False
    if small.device != large.device or first.dtype != second.dtype or not first.dim() == second.dim() > 0:
        return False
    times = len(second) // max(1, len(first))
    return times > 1 and torch.equal(first.repeat(times, *[1] * (first.dim() - 1)), second)


# Observations of the mistakes themselves -----------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class _Candidate:
    """A form of a mistake, and what it does on the cases of one plan, as far as anybody has asked."""

    mistake: Mistake
    form: Form
    alone: dict[int, tuple[Observations, Packed, Tensor]] = field(default_factory=dict)  # case by case
    whole: tuple[Packed, Tensor] | None = None  # all cases, once one submission has agreed on all
    shows: bool = False

    @property
    def names(self) -> frozenset[str]:
        return self.form.also | {self.mistake.name}


class _Column:
    """What every candidate does on one case, to be compared with a submission all at once.

    Args:
        done: of each candidate, what it does and how far from its numbers another may be that says the same.

    """

    def __init__(self, done: Sequence[tuple[Packed, Tensor]]) -> None:
        alike: dict[object, list[int]] = {}
        for index, (packed, _allowed) in enumerate(done):
            alike.setdefault((packed.facts[0], len(packed.numbers)), []).append(index)
        self._groups = {
            key: (found, torch.stack([done[i][0].numbers for i in found]), torch.stack([done[i][1] for i in found]))
            for key, found in alike.items()
        }

    def agreeing(self, facts: object, numbers: Tensor) -> set[int]:
        """Which candidates do the same."""
        group = self._groups.get((facts, len(numbers)))
        if group is None:
            return set()
        indices, theirs, allowed = group
        return {indices[place] for place in rows_close(numbers, theirs, allowed)}


class _Table:
    """The candidates of one plan. Everything is observed once a run, and only where a submission asks for it."""

    def __init__(self, exercise: Exercise, cases: Sequence[Case], expected: Sequence[Expected]) -> None:
        self.cases = tuple(cases)
        pairs = zip(cases, expected, strict=True)
        references = [Observations.of([reference_facts(case, item)]) for case, item in pairs]
        self._allowances = Allowances(cases, expected)
        self._right = pack(Observations.joined(references))
        self._near = torch.cat([self._allowances.of(*each) for each in enumerate(references)])
        self._tiled = [index for index in range(len(cases) - 1) if _is_tiled(cases[index], cases[index + 1])]
        found = [
            _Candidate(mistake, form)
            for mistake in mistakes(exercise.family)
            for form in mistake.forms.get(exercise.reference, ())
        ]
        self._candidates = sorted(found, key=lambda candidate: len(candidate.names))
        self._columns: dict[int, _Column] = {}  # by case

    def grows_alike(self, seen: Sequence[Observation]) -> bool:
        """Whether more rows take no more operations, as in every known mistake."""
        return all(
            many <= few
            for index in self._tiled
            for few, many in zip(_operations(seen[index]), _operations(seen[index + 1]), strict=True)
        )

    def agreeing(self, mine: Packed) -> set[frozenset[str]]:
        """Names of the candidates that agree with a submission on every case, but for those with a part too many."""
        failing = differing(mine, self._right, self._near)
        agreed: set[frozenset[str]] = set()
        for index in self._left(mine, failing) if failing else ():
            candidate = self._candidates[index]
            superfluous = any(names <= candidate.names for names in agreed)
            if not superfluous and self._agrees(candidate, mine, failing) and candidate.shows:
                agreed.add(candidate.names)
        return agreed

    def _left(self, mine: Packed, failing: Sequence[int]) -> list[int]:
        """Candidates that a few cases do not rule out; all candidates are observed on those, and on no others."""
        left = set(range(len(self._candidates)))
        for index, column in self._columns.items():
            left &= column.agreeing(mine.facts[index], mine.of(index))
        for index in dict.fromkeys((failing[0], failing[-1], failing[len(failing) // 2])):
            if len(left) > _FEW and len(self._columns) < _MOST_COLUMNS and index not in self._columns:
                column = self._columns[index] = _Column([self._on(candidate, index) for candidate in self._candidates])
                left &= column.agreeing(mine.facts[index], mine.of(index))
        return sorted(left)

    def _agrees(self, candidate: _Candidate, mine: Packed, failing: Sequence[int]) -> bool:
        if candidate.whole is None:
            if not all(self._agrees_on(candidate, mine, index) for index in self._order(failing)):
                return False
            self._complete(candidate)
        assert candidate.whole is not None  # noqa: S101  # as just made
        if not agree(mine, *candidate.whole):
            return False
        dtype = candidate.mistake.computes_in
        return dtype is None or passes_through(mine, self.cases, dtype)

    def _order(self, failing: Sequence[int]) -> Iterator[int]:
        """All cases, those where the submission fails first."""
        yield failing[0]
        yield failing[-1]
        count = len(self.cases)
        yield from (index * _STRIDE % count for index in range(count)) if count % _STRIDE else range(count)

    def _agrees_on(self, candidate: _Candidate, mine: Packed, index: int) -> bool:
        theirs, allowed = self._on(candidate, index)
        return mine.facts[index] == theirs.facts[0] and close(mine.of(index), theirs.numbers, allowed)

    def _on(self, candidate: _Candidate, index: int) -> tuple[Packed, Tensor]:
        """What a candidate does on one case, and how far from it another may be that says the same."""
        if candidate.whole is not None:
            packed, allowed = candidate.whole
            return packed.only(index), allowed[packed.starts[index] : packed.starts[index + 1]]
        if index not in candidate.alone:
            case = replace(self.cases[index], device="cpu", trace=False)
            seen = Observations.of([observe(candidate.form.function, case)])
            allowed = self._allowances.of(index, seen, candidate.mistake.computes_in)
            candidate.alone[index] = seen, pack(seen), allowed
        return candidate.alone[index][1:]

    def _complete(self, candidate: _Candidate) -> None:
        """Keep what was observed on every case, and ask whether the mistake shows in enough of them."""
        done = [candidate.alone[index] for index in range(len(self.cases))]
        seen = Observations.joined([observations for observations, _packed, _allowed in done])
        candidate.whole = pack(seen), torch.cat([allowed for _seen, _packed, allowed in done])
        candidate.shows = len(differing(candidate.whole[0], self._right, self._near)) >= _DIFFERING
        without = candidate.form.without
        if candidate.shows and without is not None:
            others = (replace(case, device="cpu", trace=False) for case in self.cases)
            rest = pack(Observations.of(observe(without, case) for case in others))
            candidate.shows = len(differing(rest, *candidate.whole)) >= _DIFFERING
        candidate.alone.clear()


def _table_of(exercise: Exercise, cases: Sequence[Case], expected: Sequence[Expected]) -> _Table:
    """The plan's table. It holds the plan's cases, so that no other case can have their identity meanwhile."""
    key = (exercise.reference, id(cases[0]), id(cases[-1]), len(cases))
    table = _TABLES.pop(key, None) or _Table(exercise, cases, expected)
    _TABLES[key] = table
    while len(_TABLES) > _PLANS:
        _TABLES.popitem(last=False)
    return table

"""What is found to agree for all cases at once is what the judges, asked about every case, find right."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from autograder.grade.judging import Judge
from autograder.grade.looks import Look
from autograder.grade.plan import Plan
from autograder.grade.session import LoadFailed
from autograder.oracle import Expected, fresh_settings
from autograder.properties import Check, Part, Yardstick, load_properties
from autograder.properties.compare import gradient, second_gradients, value
from autograder.result import PropertyResult, Verdict
from autograder.submission import Source
from autograder.worker.case import Case, Observation, Raised
from autograder.worker.rows import Observations
from tests.bank import Specimen, load_bank
from tests.diagnosing import COURSE, observed, planned, session_of

ALL = Part.OUTPUT | Part.GRADIENTS | Part.SECOND
NAN, INF = torch.nan, torch.inf
EXERCISES = [exercise.name for exercise in COURSE.exercises]

# The bank: every judge asked about every case ------------------------------------------------------------------------

BANK = load_bank("right", "wrong")
EVERY = 6  # of how many files of a kind one is in the fast suite


def _kind(specimen: Specimen) -> tuple[str, str]:
    return specimen.exercise, specimen.kind


@pytest.fixture(autouse=True)
def settings_put_back() -> Iterator[None]:
    """Some wrong answers change torch's, in this process."""
    with fresh_settings(), torch.enable_grad():
        yield


def specimens() -> list[object]:
    """Some of each exercise and each kind; those of one exercise together, which share its cases."""
    found: list[object] = []
    ordered = sorted(BANK, key=_kind)
    for _, group in itertools.groupby(ordered, key=_kind):
        for number, item in enumerate(group):
            marks = [pytest.mark.xdist_group(item.exercise), *([pytest.mark.nightly] if number % EVERY else [])]
            found.append(pytest.param(item, marks=marks, id=item.id))
    return found


@pytest.mark.parametrize("specimen", specimens())
def test_every_judge_finds_right_what_it_is_not_asked_about(specimen: Specimen) -> None:
    """The central test: on every probe of every property, of right answers and of wrong ones."""
    plan = planned(specimen.exercise, 0)[0]
    seen = observed_once(specimen)
    agreed = plan.yardstick.agreed(seen)
    for item in (graded.property for graded in plan.properties if graded.property.compares):
        family = plan.families[item.reads]
        for probe, place, expected in zip(family.probes, family.places, family.expected, strict=True):
            if all(item.compares in part for part in agreed[place]):
                mismatch = item.judge(Check(plan.exercise, probe, seen[place], expected))
                assert mismatch is None, f"{item.name} on {probe.label}: {mismatch}"


@pytest.mark.parametrize("specimen", specimens())
def test_results_are_those_of_judges_that_are_asked_about_everything(specimen: Specimen) -> None:
    """The same bytes: verdicts, points, messages and counterexamples."""
    plan = planned(specimen.exercise, 0)[0]
    seen = observed_once(specimen)
    assert judged(plan, specimen, seen) == judged(asking_everything(specimen.exercise), specimen, seen)


@functools.cache
def observed_once(specimen: Specimen) -> Observations:
    return observed(planned(specimen.exercise, 0)[0], specimen)


@functools.cache
def asking_everything(exercise: str) -> Plan:
    """A plan of the same cases whose properties compare nothing that could be known before."""
    plan = planned(exercise, 0)[0]
    properties = [replace(item, property=replace(item.property, compares=Part.NOTHING)) for item in plan.properties]
    return replace(plan, properties=tuple(properties))


def judged(plan: Plan, specimen: Specimen, seen: Observations) -> tuple[PropertyResult, ...]:
    """What is asked again is asked of a fresh worker and a fresh replayer with the same random numbers."""
    with session_of(plan, specimen) as session:
        torch.manual_seed(0)
        try:
            session.load()
        except LoadFailed:
            assert all(item.lost for item in seen)
        return Judge(plan, session, Source("", "x.py"), seed=0, attempts=0).results(Look(plan, seen))


@pytest.mark.parametrize("exercise", EXERCISES)
def test_about_a_right_answer_no_judge_that_compares_is_asked(exercise: str) -> None:
    """What the shortcut is for."""
    plan = planned(exercise, 0)[0]
    specimen = next(item for item in BANK if item.kind == "right" and item.exercise == exercise and not item.named())
    agreed = plan.yardstick.agreed(observed(plan, specimen))
    found = Counter(
        all(item.compares in part for part in agreed[place])
        for item in (graded.property for graded in plan.properties if graded.property.compares)
        if item.name not in ("infinities", "nan")  # whose judges leave out the gradients at what is not finite
        for place in plan.families[item.reads].places
    )
    assert found[True] > len(plan.yardstick.agreed(observed(plan, specimen))) / 2  # as many as half of the calls
    assert not found[False]


def test_what_compares_is_said_by_properties_that_ask_for_nothing_else() -> None:
    """Whoever adds one here promises that its judge looks at nothing but these parts."""
    found = {item.name: item.compares for item in load_properties().values() if item.compares}
    both = (
        "reductions unbatched spatial weight ignore-index label-smoothing probabilities weight+ignore-index one-class"
    )
    both += " weight+label-smoothing+ignore-index probabilities+weight+label-smoothing shape layout"
    both += " infinities nan large-inputs"
    output = "values stable-values all-ignored empty-batch"
    gradients = "gradients stable-gradients gradient-at-zero kink-as-torch zero-residual"
    assert found == {
        **dict.fromkeys(both.split(), Part.OUTPUT | Part.GRADIENTS),
        **dict.fromkeys(output.split(), Part.OUTPUT),
        **dict.fromkeys(gradients.split(), Part.GRADIENTS),
        "second-gradients": Part.SECOND,
    }


# One case at a time ---------------------------------------------------------------------------------------------------


def vector(*numbers: float) -> Tensor:
    return torch.tensor(numbers, dtype=torch.float64)


def right(
    output: Tensor,
    gradients: tuple[Tensor | None, ...] = (),
    second: tuple[Tensor | None, ...] = (),
    scale: float = 1.0,
) -> Expected:
    """A reference whose every number may be off by a tenth of the scale."""
    seen = Observation(output=output, shape=tuple(output.shape), gradients=gradients, second=second)
    unit = torch.ones(())
    scales = [[torch.full_like(unit if item is None else item, scale) for item in part] for part in (gradients, second)]
    return Expected(seen, torch.full_like(output, scale), tuple(scales[0]), tuple(scales[1]), 0.1)


def agreed(expected: list[Expected], seen: list[Observation]) -> list[Part]:
    return Yardstick(expected).agreed(Observations.of(seen))


def of(expected: Expected, **changes: Any) -> Observation:
    """What was seen: the right answer but for these fields."""
    seen = replace(expected.observation, **changes)
    return replace(seen, shape=() if seen.output is None else tuple(seen.output.shape))


RIGHT = right(vector(1.0, 2.0), (vector(3.0, 4.0),), (vector(5.0, 6.0),))


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({}, ALL),
        ({"output": vector(1.09, 1.91)}, ALL),
        ({"output": vector(1.0, 2.11)}, Part.GRADIENTS | Part.SECOND),
        ({"output": vector(0.89, 2.0)}, Part.GRADIENTS | Part.SECOND),
        ({"gradients": (vector(3.0, 4.2),)}, Part.OUTPUT | Part.SECOND),
        ({"second": (vector(-5.0, 6.0),)}, Part.OUTPUT | Part.GRADIENTS),
        ({"gradients": (vector(NAN, 4.0),), "second": (vector(INF, 6.0),)}, Part.OUTPUT),
        ({"output": vector(1.0, INF), "gradients": (vector(0, 0),), "second": (vector(0, 0),)}, Part.NOTHING),
        ({"output": vector(1.0, 2.0).float()}, ALL),
        ({"requires_grad": True, "device": "cuda", "mutated": ("argument 1",), "dtype": "int8"}, ALL),
    ],
    ids=["right", "near", "output", "below", "gradient", "second", "two", "three", "float32", "other facts"],
)
def test_each_part_agrees_by_itself(changes: dict[str, Any], parts: Part) -> None:
    other = right(vector(7.0))
    seen = [of(other), of(RIGHT, **changes), of(other)]
    assert agreed([other, RIGHT, other], seen) == [ALL, parts, ALL]


@pytest.mark.parametrize(
    ("wanted", "found", "agrees"),
    [
        (NAN, NAN, True),
        (INF, INF, True),
        (-INF, -INF, True),
        (0.0, -0.0, True),
        (3e300, 3e300, True),
        (NAN, 0.0, False),
        (0.0, NAN, False),
        (INF, -INF, False),
        (INF, NAN, False),
        (NAN, INF, False),
        (INF, 1e308, False),
        (1e308, INF, False),
        (-1e308, 1e308, False),
    ],
)
def test_nan_is_nan_and_an_infinity_itself(wanted: float, found: float, agrees: bool) -> None:
    expected = right(vector(1.0, wanted), (vector(wanted),), (vector(wanted, 2.0),))
    seen = of(expected, output=vector(1.0, found), gradients=(vector(found),), second=(vector(found, 2.0),))
    assert agreed([RIGHT, expected, RIGHT], [of(RIGHT), seen, of(RIGHT)]) == [ALL, ALL if agrees else Part.NOTHING, ALL]


def test_each_number_has_its_own_scale() -> None:
    expected = replace(right(vector(1.0, 1.0)), scale=vector(1.0, 100.0))
    for numbers, parts in ((vector(1.0, 9.0), ALL), (vector(9.0, 1.0), ALL & ~Part.OUTPUT)):
        assert agreed([expected], [of(expected, output=numbers)]) == [parts]


def test_a_scale_without_a_shape_is_that_of_every_number() -> None:
    expected = replace(RIGHT, scale=torch.tensor(5.0))
    assert agreed([expected], [of(expected, output=vector(1.4, 2.4))]) == [ALL]
    assert agreed([expected], [of(expected, output=vector(1.4, 2.6))]) == [ALL & ~Part.OUTPUT]


def test_an_empty_tensor_agrees_with_an_empty_one() -> None:
    empty = right(torch.zeros(0, 3, dtype=torch.float64), (torch.zeros(0, 3, dtype=torch.float64),))
    wide = of(empty, output=torch.zeros(3, 0))
    assert agreed([empty, RIGHT, empty], [of(empty), of(RIGHT), wide]) == [ALL, ALL, Part.NOTHING]


@pytest.mark.parametrize(
    "changes",
    [
        {"output": vector(1.0)},
        {"output": vector(1.0, 2.0, 3.0)},
        {"output": vector(1.0, 2.0).reshape(1, 2)},
        {"output": torch.tensor(1.0)},
        {"output": torch.zeros(0)},
        {"output": None},
        {"output": torch.ones(2, dtype=torch.complex64)},
        {"gradients": (None,)},
        {"gradients": ()},
        {"gradients": (vector(3.0, 4.0), vector(3.0, 4.0))},
        {"gradients": (vector(3.0),)},
        {"second": (None,)},
        {"second": ()},
        {"output": vector(1.0), "gradients": (vector(2.0, 3.0, 4.0),)},  # as many numbers, in order
        {"type": "list"},
        {"raised": Raised("backward", "E", ("E",), "no", None)},
        {"lost": "timeout", "detail": "too late"},
    ],
    ids=str,
)
def test_another_form_in_one_case_agrees_in_nothing_and_leaves_the_others_alone(changes: dict[str, Any]) -> None:
    """Also where the numbers of the cases that follow are no longer where they would be."""
    other = right(vector(7.0, 8.0, 9.0), (vector(1.0, 2.0, NAN),))
    wrong = of(other, output=vector(7.0, 8.0, 0.0))
    seen = [of(other), of(RIGHT, **changes), of(other), of(RIGHT), wrong]
    found = agreed([other, RIGHT, other, RIGHT, other], seen)
    assert found == [ALL, Part.NOTHING, ALL, ALL, ALL & ~Part.OUTPUT]


def test_nothing_agrees_where_every_answer_is_lost() -> None:
    assert agreed([RIGHT] * 3, [Observation(type="", lost="crash")] * 3) == [Part.NOTHING] * 3


def test_what_should_raise_agrees_with_nothing() -> None:
    """Whether a call raises is not a comparison of numbers: the judge is asked."""
    raised = Observation(type="", raised=Raised("call", "ValueError", ("ValueError",), "no", None))
    nothing = torch.zeros(())
    expected = Expected(raised, nothing, (), (), 0.1)
    assert agreed([expected] * 3, [raised, Observation(), of(RIGHT)]) == [Part.NOTHING] * 3
    assert agreed([RIGHT, expected, RIGHT], [of(RIGHT), raised, of(RIGHT)]) == [ALL, Part.NOTHING, ALL]


def test_a_gradient_that_is_asked_for_nowhere_is_none_of_the_row() -> None:
    expected = right(vector(1.0), (None, vector(2.0)))
    assert agreed([expected, RIGHT], [of(expected), of(RIGHT)]) == [ALL, ALL]
    assert agreed([expected], [of(expected, gradients=(None, vector(3.0)))]) == [ALL & ~Part.GRADIENTS]
    assert agreed([expected], [of(expected, gradients=(vector(2.0), None))]) == [Part.NOTHING]


def test_of_no_cases_nothing_is_said() -> None:
    assert agreed([], []) == []


def test_an_answer_about_fewer_cases_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        agreed([RIGHT] * 2, [of(RIGHT)])


# As the judges compare ------------------------------------------------------------------------------------------------

SOME = st.sampled_from([0.0, -0.0, 1.0, 1.05, 1.1, 1.2, -1.0, 1e-300, 1e308, -1e308, NAN, INF, -INF])
ROWS = st.lists(SOME, min_size=2, max_size=2).map(lambda numbers: vector(*numbers))
SCALES = st.sampled_from([0.0, 1.0, 2.0, 1e308, INF, NAN])


@st.composite
def judgements(draw: st.DrawFn) -> tuple[Expected, Observation]:
    """A reference and an answer of its form, or of one without a gradient."""
    output, first, second = draw(ROWS), draw(ROWS), draw(ROWS)
    expected = right(output, (first,), (second,), draw(SCALES))
    mine = [draw(st.just(row) | ROWS) for row in (output, first, second)]
    missing = draw(st.sampled_from([False, False, False, True]))
    return expected, of(expected, output=mine[0], gradients=(None if missing else mine[1],), second=(mine[2],))


@settings(database=None, deadline=None, derandomize=True, max_examples=300)
@given(st.lists(judgements(), min_size=1, max_size=3))
def test_parts_agree_where_the_comparisons_of_single_cases_find_no_mismatch(
    judgements: list[tuple[Expected, Observation]],
) -> None:
    case = Case(args=(vector(1.0, 1.0),), wrt=(0,))
    for (expected, seen), part in zip(judgements, agreed(*map(list, zip(*judgements, strict=True))), strict=True):
        found = {
            Part.OUTPUT: value(seen, expected),
            Part.GRADIENTS: gradient(case, seen, expected, 0),
            Part.SECOND: second_gradients(case, seen, expected),
        }
        if seen.gradients == (None,):
            assert part is Part.NOTHING
            continue
        assert part == functools.reduce(Part.__or__, (p for p, wrong in found.items() if wrong is None), Part.NOTHING)


def test_a_lost_answer_is_told_although_all_others_agree() -> None:
    """Of a property that compares: the judge is not asked about what agrees, and what is lost is not skipped."""
    plan = planned("relu", 0)[0]
    specimen = next(item for item in BANK if item.id.startswith("right/relu/") and not item.named())
    seen = list(observed(plan, specimen))
    place = plan.families["ordinary"].places[-1]
    seen[place.start] = Observation(type="", lost="timeout", detail="too late")
    results = {item.name: item for item in judged(plan, specimen, Observations.of(seen))}
    assert (results["values"].verdict, results["values"].message) == (Verdict.TIMEOUT, "too late")
    assert results["gradients"].verdict is Verdict.TIMEOUT
    assert results["dtype"].verdict is Verdict.PASS

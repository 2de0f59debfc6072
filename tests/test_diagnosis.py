"""Known mistakes are named where a submission behaves exactly like one, and nowhere else."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from autograder import language
from autograder.course import Exercise
from autograder.diagnosis import Form, Mistake, diagnose, find, matching, mistakes
from autograder.grade import Grader
from autograder.oracle import Expected, expect
from autograder.reporters import cell, console, github, markdown
from autograder.reporters.explain import explain
from autograder.reporters.feedback import Feedback, redact
from autograder.result import Report
from autograder.worker.case import SIMULATED, Case, Observation, Trace
from autograder.worker.observe import observe
from autograder.worker.rows import Observations
from tests.bank import Specimen, load_bank
from tests.diagnosing import COURSE, diagnosed, named_in
from tests.inprocess import InProcessSandbox
from tests.reports import gradebook

FAMILIES = ("activation", "classification", "regression")
EXERCISES = [exercise.name for exercise in COURSE.exercises]
RELU, SIGMOID = COURSE.exercise("relu"), COURSE.exercise("sigmoid")
BANK = load_bank("right", "wrong")
F64 = torch.float64
Function = Callable[[Tensor], Tensor]


# The bank -------------------------------------------------------------------------------------------------------------


def of(name: str) -> Specimen:
    return next(specimen for specimen in BANK if specimen.id == name)


def test_every_mistake_is_made_by_three_submissions() -> None:
    made = Counter(name for specimen in BANK for name in named_in(specimen))
    known = {mistake.name for family in FAMILIES for mistake in mistakes(family)}
    assert set(made) == known
    assert {name: count for name, count in made.items() if count < 3} == {}


def test_only_what_loses_points_is_diagnosed() -> None:
    for specimen in BANK:
        if named_in(specimen):
            assert specimen.named(), specimen.id


@pytest.mark.parametrize(
    "name",
    [
        "right/relu/where_not_positive",
        "right/relu/where_positive",
        "right/relu/where_nonnegative",
        "wrong/relu/leaky",
        "wrong/relu/leak_by_maximum",
        "wrong/relu/in_place_assignment",
        "wrong/relu/dead_zone",
        "wrong/relu/python_if",
        "wrong/relu/zeros_on_cpu",
        "wrong/custom_loss/penalty_of_a_copy",
        "wrong/custom_loss/counts_its_calls",
    ],
)
def test_diagnoses_of_a_few_submissions(name: str) -> None:
    assert diagnosed(of(name)) == named_in(of(name))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("exercise", EXERCISES)
def test_diagnoses_of_the_whole_bank(exercise: str, seed: int) -> None:
    """Each file is diagnosed as its header says, and as nothing where it says nothing."""
    for specimen in BANK:
        if specimen.exercise == exercise:
            try:
                assert diagnosed(specimen, seed) == named_in(specimen), specimen.id
            finally:  # what some wrong answers leave behind
                torch.set_default_dtype(torch.float32)
                torch.set_grad_enabled(True)
                torch.use_deterministic_algorithms(False)


# What agreement is ----------------------------------------------------------------------------------------------------


def cases(*values: float, dtype: torch.dtype = F64) -> list[Case]:
    inputs = [torch.tensor([value, 0.5], dtype=dtype) for value in values]
    return [Case((x,), wrt=(0,), cotangent=torch.ones_like(x)) for x in inputs]


def found(
    function: Function, made: Sequence[Case], exercise: Exercise = RELU, change: Callable[..., Observation] = replace
) -> tuple[str, ...]:
    expected = [expect(exercise.reference, exercise.family, case) for case in made]
    return find(exercise, made, Observations.of(change(observe(function, case)) for case in made), expected)


def leaky(x: Tensor) -> Tensor:
    return torch.where(x > 0, x, 0.01 * x)


SOME = (-3.0, -2.0, -1.0, 1.0)


def test_a_mistake_that_agrees_everywhere_is_named() -> None:
    assert found(leaky, cases(*SOME)) == ("leaky",)


def test_a_right_answer_has_no_mistake() -> None:
    assert found(lambda x: x.masked_fill(x <= 0, 0), cases(*SOME)) == ()


def test_one_case_that_disagrees_is_enough() -> None:
    """By value, by gradient, by nan in place of a number."""
    assert found(lambda x: torch.where(x < -2.5, -1.0, leaky(x)), cases(*SOME)) == ()
    assert found(lambda x: leaky(x) + 0.1 * (x - x.detach()), cases(*SOME)) == ()
    assert found(lambda x: torch.where(x < -2.5, torch.nan, leaky(x)), cases(*SOME)) == ()


def test_two_cases_that_differ_from_the_reference_are_too_few() -> None:
    assert found(leaky, cases(-2.0, -1.0, 1.0, 2.0)) == ()
    assert found(leaky, cases(-2.0, -1.0, 1.0, -3.0)) == ("leaky",)


def test_rounding_is_allowed_and_no_more() -> None:
    """64 rounding errors of float64: 1e-15 may be another way of writing, 1e-12 is another function."""
    assert found(lambda x: leaky(x) * (1 + 2**-52), cases(*SOME)) == ("leaky",)
    assert found(lambda x: leaky(x) * (1 + 1e-12), cases(*SOME)) == ()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_allows_what_the_oracle_allows(dtype: torch.dtype) -> None:
    made = [*cases(*SOME), *cases(*SOME, dtype=dtype)]
    assert found(lambda x: leaky(x.double()).to(x.dtype), made) == ("leaky",)
    assert found(lambda x: leaky(x) + 0.5 * (x.dtype is dtype), made) == ()


def test_a_computation_in_float32_shows_in_every_number() -> None:
    """A value that is wrong by as much, but did not go through float32, is something else."""

    def rounded(x: Tensor) -> Tensor:
        return (1 / (1 + torch.exp(-x.float()))).to(x.dtype)

    assert found(rounded, cases(*SOME), SIGMOID) == ("float32-inside",)
    assert found(lambda x: 1 / (1 + torch.exp(-x)) + 3e-8 * torch.cos(x), cases(*SOME), SIGMOID) == ()


def test_what_no_known_mistake_does_rules_them_all_out() -> None:
    made = cases(*SOME)
    for change in (
        lambda seen: replace(seen, lost="timeout"),
        lambda seen: replace(seen, device="cuda"),
        lambda seen: replace(seen, gradient_devices=("cuda",)),
        lambda seen: replace(seen, mutated=("argument 1",)),
        lambda seen: replace(seen, aliased=("argument 1",)),
        lambda seen: replace(seen, globals_changed=("default dtype",)),
        lambda seen: replace(seen, module={"buffers": 1}),
        lambda seen: replace(seen, trace=Trace(events={"d2h: aten::_to_copy": 1})),
        lambda seen: replace(seen, dtype="float32"),
        lambda seen: replace(seen, type="list"),
    ):
        assert found(leaky, made, change=change) == ()


def test_a_loop_is_no_known_mistake() -> None:
    small = torch.tensor([-1.0, 2.0, -3.0])
    traced = [Case((x,), wrt=(0,), cotangent=torch.ones_like(x), trace=True) for x in (small, small.repeat(4))]
    made = [*cases(*SOME), *traced]

    def looped(x: Tensor) -> Tensor:
        return torch.stack([leaky(value) for value in x])

    assert found(leaky, made) == ("leaky",)
    assert found(looped, made) == ()


def test_cases_on_a_device_that_cannot_be_had_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "available", lambda: False)
    placed = [replace(case, device=SIMULATED) for case in cases(1.0)]
    made = [*cases(*SOME), *placed]
    expected = [expect(RELU.reference, RELU.family, case) for case in made]
    seen = [*(observe(leaky, case) for case in made[:-1]), Observation(type="", lost="crash")]
    assert find(RELU, made, Observations.of(seen), expected) == ("leaky",)


# Several mistakes -----------------------------------------------------------------------------------------------------


def only(monkeypatch: pytest.MonkeyPatch, *known: Mistake) -> None:
    monkeypatch.setattr(matching, "mistakes", lambda _: known)


def test_two_mistakes_that_both_agree_are_a_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (Mistake(name, name, {RELU.reference: (Form(leaky),)}) for name in ("one", "two"))
    only(monkeypatch, first, second)
    assert found(leaky, cases(*SOME)) == ()
    only(monkeypatch, first)
    assert found(leaky, cases(*SOME)) == ("one",)


def raising(_: Tensor) -> Tensor:
    raise RuntimeError


@pytest.mark.parametrize("function", [leaky, raising])
@pytest.mark.parametrize("more", [(torch.zeros(2),), (torch.zeros(0), torch.zeros(1)), (torch.zeros(2), None)], ids=str)
@pytest.mark.parametrize("changed", [1, 4], ids=["in one call", "in every call"])
def test_numbers_that_no_call_gives_are_no_known_mistake(
    function: Function, more: tuple[Tensor | None, ...], changed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a forged answer has some beside an exception, say. They must not end in a fault of the kit."""
    only(monkeypatch, Mistake("known", "known", {RELU.reference: (Form(function),)}))
    made = cases(*SOME)
    assert found(function, made) == ("known",)
    seen = [observe(function, case) for case in made]
    forged = [replace(item, second=more) for item in seen[:changed]] + seen[changed:]
    expected = [expect(RELU.reference, RELU.family, case) for case in made]
    assert find(RELU, made, Observations.of(forged), expected) == ()


def test_a_mistake_with_a_part_too_many_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    both = Mistake("two", "two", {RELU.reference: (Form(leaky, frozenset({"one"})),)})
    only(monkeypatch, both, Mistake("one", "one", {RELU.reference: (Form(leaky),)}))
    assert found(leaky, cases(*SOME)) == ("one",)


def test_mistakes_are_looked_for_by_reference() -> None:
    """A course may call its exercise as it likes."""
    renamed = RELU.model_copy(update={"name": "rectifier"})
    assert found(leaky, cases(*SOME), renamed) == ("leaky",)
    other = RELU.model_copy(update={"reference": "torch.nn.Tanh"})
    assert "leaky" not in found(leaky, cases(*SOME), other)


# What is said ---------------------------------------------------------------------------------------------------------


def said(function: Function, exercise: Exercise, *values: float) -> str | None:
    made = cases(*values)
    expected: list[Expected] = [expect(exercise.reference, exercise.family, case) for case in made]
    return diagnose(exercise, made, Observations.of(observe(function, case) for case in made), expected)


def test_a_diagnosis_ends_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(leaky, RELU, *SOME) == "leaky ReLU, which lets a part of what is negative through"
    assert said(torch.relu, RELU, *SOME) is None
    both = said(lambda x: 1 / (1 + 2.718 ** (-x)), SIGMOID, 1.0, -1.0, 2.0, -1000.0)
    assert both == (
        "a formula with a rounded number in place of e, together with a formula whose exp overflows for large inputs"
    )
    monkeypatch.setattr(matching, "_", str.upper)
    assert str(said(leaky, RELU, *SOME)).startswith("LEAKY RELU")


def test_descriptions_are_sentence_ends() -> None:
    for family in FAMILIES:
        names = [mistake.name for mistake in mistakes(family)]
        assert len(names) == len(set(names))
        for mistake in mistakes(family):
            assert not mistake.description.endswith("."), mistake.name
            assert "{" not in mistake.description, mistake.name


@functools.cache
def report(name: str) -> Report:
    specimen = of(name)
    exercises = [COURSE.exercise(specimen.exercise)]
    with Grader(COURSE, exercises=exercises, seed=0, sandbox=InProcessSandbox()) as grader:
        return grader.grade(specimen.submission(COURSE))


SENTENCE = "Your code behaves exactly like leaky ReLU, which lets a part of what is negative through."


def test_a_graded_exercise_has_its_diagnosis() -> None:
    result = report("wrong/relu/leaky").exercises[0]
    assert result.diagnosis == "leaky ReLU, which lets a part of what is negative through"
    assert report("right/relu/masked_fill").exercises[0].diagnosis is None
    assert report("wrong/relu/growing_threshold").exercises[0].diagnosis is None


def test_reporters_tell_the_diagnosis() -> None:
    learner = report("wrong/relu/leaky")
    result = learner.exercises[0]
    broken = next(item for item in result.properties if item.counterexample)
    told = (
        " ".join(console.render_report(learner).split()),
        " ".join(explain(result, broken).split()),
        cell.render(result),
        markdown.render(gradebook(learner)),
        github.annotations(learner, {}),
    )
    for text in told:
        assert SENTENCE in text


def test_a_diagnosis_is_a_detail() -> None:
    for feedback in (Feedback.NAMES, Feedback.SCORE):
        assert redact(report("wrong/relu/leaky"), feedback).exercises[0].diagnosis is None
    assert redact(report("wrong/relu/leaky"), Feedback.FULL).exercises[0].diagnosis
    assert language.chosen() == language.ENGLISH

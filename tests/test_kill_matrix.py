"""The central test: every wrong submission fails the property its header names, every right one keeps full marks."""

from __future__ import annotations

import contextlib
import functools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from autograder.grade import Grader
from autograder.properties import load_properties
from autograder.result import ExerciseResult, Tier, Verdict
from autograder.sandbox.layered import LayeredSandbox, supported
from autograder.strategies import drawing
from autograder.strategies.probe import Family, Probe
from tests.bank import Specimen, course, load_bank
from tests.inprocess import InProcessSandbox

COURSE = course()
RIGHT, WRONG, CHEAT = load_bank("right"), load_bank("wrong"), load_bank("cheat")
FAILED = {Verdict.FAIL, Verdict.FLAKY, Verdict.TIMEOUT, Verdict.CRASH}
EXERCISES = [exercise.name for exercise in COURSE.exercises]


def specimens(chosen: list[Specimen]) -> list[object]:
    """Parameters of one exercise form a group, so that one process of pytest-xdist draws its cases once."""
    return [pytest.param(item, marks=pytest.mark.xdist_group(item.exercise), id=item.id) for item in chosen]


@functools.lru_cache(maxsize=16)
def grader(exercise: str, seed: int, only: str = "") -> Grader:
    """The whole catalogue as a learner meets it, or one property alone, for its verdict and without shrinking."""
    course = replace(COURSE, budget=COURSE.budget.model_copy(update={"search_calls": 0})) if only else COURSE
    properties = [only] if only else []
    return Grader(
        course, exercises=[course.exercise(exercise)], seed=seed, properties=properties, sandbox=InProcessSandbox()
    )


def grade(specimen: Specimen, seed: int, only: str = "") -> ExerciseResult:
    return grader(specimen.exercise, seed, only).grade(specimen.submission(COURSE)).exercises[0]


def lost(result: ExerciseResult) -> frozenset[str]:
    return frozenset(item.name for item in result.properties if item.verdict is not Verdict.PASS)


def failed(result: ExerciseResult) -> frozenset[str]:
    return frozenset(item.name for item in result.properties if item.verdict in FAILED)


def explained(result: ExerciseResult) -> str:
    """What a broken expectation needs: each failure with the lines to paste."""
    return "\n".join(
        f"{item.name}: {item.verdict}: {item.message}\n{item.counterexample.call if item.counterexample else ''}"
        for item in result.properties
        if item.verdict in FAILED
    )


def require_right(exercise: str, graded: Callable[[Specimen], ExerciseResult]) -> None:
    """No false reject: full marks, or a textbook answer's known weakness and every core property kept."""
    for specimen in RIGHT:
        if specimen.exercise != exercise:
            continue
        result = graded(specimen)
        assert lost(result) == specimen.named(), f"{specimen.id}\n{result.message}\n{explained(result)}"
        core = [item for item in result.properties if item.tier is Tier.CORE]
        assert all(item.verdict is Verdict.PASS for item in core), specimen.id


@pytest.mark.parametrize("exercise", EXERCISES)
def test_right_answers_lose_exactly_what_their_header_names(exercise: str) -> None:
    require_right(exercise, lambda specimen: grade(specimen, 0))


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=pytest.mark.slow if seed < 4 else pytest.mark.nightly) for seed in range(1, 20)]
)
@pytest.mark.parametrize("exercise", EXERCISES)
def test_right_answers_lose_no_more_by_what_another_seed_draws(
    exercise: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fixed cases are the same for every seed: where a textbook answer loses what it must, on those it does."""
    draw = drawing.draw

    def drawn(family: Family, seed: int) -> tuple[Probe, ...]:
        return draw(family, seed)[len(family.fixed) :] or family.fixed[:1]

    monkeypatch.setattr(drawing, "draw", drawn)
    drawn_alone = Grader(COURSE, exercises=[COURSE.exercise(exercise)], seed=seed, sandbox=InProcessSandbox())
    for specimen in RIGHT:
        if specimen.exercise == exercise:
            result = drawn_alone.grade(specimen.submission(COURSE)).exercises[0]
            assert lost(result) <= specimen.named(), f"{specimen.id}\n{result.message}\n{explained(result)}"


@pytest.mark.parametrize("specimen", specimens(WRONG))
def test_wrong_answers_fail_the_property_they_name(specimen: Specimen) -> None:
    """No false accept, with the whole catalogue as a learner meets it."""
    result = grade(specimen, 0)
    assert result.verdict is not Verdict.FORBIDDEN, result.message
    assert specimen.named() <= failed(result), f"failed {sorted(failed(result))}\n{explained(result)}"
    assert result.score < result.max_score
    if result.message is not None:  # it could not even be loaded: the exercise says why, once
        assert result.verdict is Verdict.CRASH
        return
    for item in result.properties:
        if item.verdict in FAILED:
            assert item.counterexample is not None, item.name
            assert item.message, item.name


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(1, 20))
@pytest.mark.parametrize("exercise", EXERCISES)
def test_wrong_answers_fail_for_every_seed(exercise: str, seed: int) -> None:
    """The property that a wrong answer names is graded alone: it must need no other to find the fault."""
    for name in COURSE.exercise(exercise).properties:
        for specimen in WRONG:
            if specimen.exercise == exercise and name in specimen.named():
                assert name in failed(grade(specimen, seed, name)), f"{specimen.id} passes {name} with seed={seed}"


@pytest.mark.slow
@pytest.mark.parametrize("exercise", EXERCISES)
def test_wrong_answers_fail_on_fixed_cases_alone(exercise: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is drawn is for mistakes that nobody thought of; those of the bank are found whatever the seed."""
    monkeypatch.setattr(drawing, "draw", lambda family, _seed: family.fixed)
    for name in COURSE.exercise(exercise).properties:
        fixed_alone = grader.__wrapped__(exercise, 0, name)  # not kept for the other tests
        for specimen in WRONG:
            if specimen.exercise == exercise and name in specimen.named():
                result = fixed_alone.grade(specimen.submission(COURSE)).exercises[0]
                assert name in failed(result), f"only drawn cases of {name} find {specimen.id}"


@pytest.fixture(scope="module")
def cheated() -> Iterator[Callable[[Specimen], ExerciseResult]]:
    """Grades a cheat in the sandbox of this system: in this process none of them is to run."""
    with contextlib.closing(LayeredSandbox(COURSE.budget.memory_mb, seconds=COURSE.budget.seconds)) as sandbox:

        @functools.cache
        def grader_of(exercise: str) -> Grader:
            return Grader(COURSE, exercises=[COURSE.exercise(exercise)], seed=0, sandbox=sandbox)

        yield lambda specimen: grader_of(specimen.exercise).grade(specimen.submission(COURSE)).exercises[0]


@pytest.mark.skipif(not supported(), reason="a zygote and its layers are of Linux")
@pytest.mark.parametrize("specimen", specimens(CHEAT))
def test_cheats_earn_nothing(specimen: Specimen, cheated: Callable[[Specimen], ExerciseResult]) -> None:
    """Refused for the call that its header names, on a line of the file; or wrong from the first property on."""
    result = cheated(specimen)
    assert result.score == 0, explained(result)
    verdict, _, call = specimen.expectation.partition(" ")
    if verdict == "nothing":
        assert result.verdict in FAILED
        return
    assert (verdict, result.verdict) == ("forbidden", Verdict.FORBIDDEN), explained(result)
    assert all(item.verdict is Verdict.FORBIDDEN for item in result.properties)
    assert any(call and item.call.startswith(call) for item in result.violations), result.violations
    for item in result.violations:
        assert item.line is None or 1 <= item.line <= len(specimen.text.splitlines())
        assert item.message.startswith(item.call)


def test_every_property_is_needed_by_a_wrong_answer() -> None:
    named = {name for specimen in WRONG for name in specimen.named()}
    assert set(load_properties()) - named == set()
    for exercise in COURSE.exercises:
        here = {name for specimen in WRONG if specimen.exercise == exercise.name for name in specimen.named()}
        assert here <= set(exercise.properties), exercise.name


def test_the_bank_is_as_large_as_promised() -> None:
    wrong, right = (Counter(specimen.exercise for specimen in kind) for kind in (WRONG, RIGHT))
    full = Counter(specimen.exercise for specimen in RIGHT if not specimen.named())
    for name in EXERCISES:
        assert wrong[name] >= (40 if name == "cross_entropy" else 25), name
        assert right[name] >= 8, name
        assert full[name] >= 8, name
    assert len(CHEAT) >= 110
    assert {specimen.exercise for specimen in CHEAT} == set(EXERCISES)
    assert all(specimen.text.splitlines()[1].startswith("# why: ") for specimen in CHEAT)

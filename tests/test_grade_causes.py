"""One mistake costs its own points: what an answer lacks or does less precisely is no reason for anything else."""

from __future__ import annotations

import functools

import pytest

from autograder.grade import Grader
from autograder.result import ExerciseResult, Verdict
from autograder.submission import Source, Submission
from tests.bank import ROOT, course
from tests.inprocess import InProcessSandbox

COURSE = course()
SIGMOID = """import torch

def sigmoid(x):
    {first}
    negative = x < 0
    decay = torch.exp(torch.where(negative, x, -x))
    return {last}
"""
RESULT = "torch.where(negative, decay, 1.0) / (1 + decay)"
LACKING = """

def refusing(answer):
    def {symbol}({parameters}):
        if {lacks}:
            raise TypeError("not written yet")
        return answer({arguments})
    return {symbol}

{symbol} = refusing({symbol})
"""
PARAMETERS = {
    "cross_entropy": "input, target, weight=None, ignore_index=-100, reduction='mean', label_smoothing=0.0",
    "mse_loss": "input, target, reduction='mean'",
}
WITHOUT = {
    "reductions": "reduction != 'mean'",
    "unbatched": "input.dim() == 1",
    "spatial": "input.dim() > 2",
    "weight": "weight is not None",
    "ignore-index": "ignore_index != -100",
    "label-smoothing": "label_smoothing",
    "probabilities": "target.is_floating_point()",
}


@functools.cache
def grader(exercise: str) -> Grader:
    return Grader(COURSE, exercises=[COURSE.exercise(exercise)], seed=0, sandbox=InProcessSandbox())


def graded(exercise: str, text: str) -> ExerciseResult:
    source = Source(text, COURSE.exercise(exercise).path)
    return grader(exercise).grade(Submission("ada", {exercise: source}, {}, (), "0" * 64)).exercises[0]


def solved(exercise: str, lacks: str) -> str:
    path = ROOT / "solutions" / COURSE.exercise(exercise).path
    parameters = PARAMETERS[exercise]
    arguments = ", ".join(item.partition("=")[0] for item in parameters.split(", "))
    added = LACKING.format(symbol=exercise, lacks=lacks, parameters=parameters, arguments=arguments)
    return path.read_text(encoding="utf-8") + added


def failed(result: ExerciseResult) -> set[str]:
    return {item.name for item in result.properties if item.verdict is Verdict.FAIL}


def share(result: ExerciseResult) -> float:
    return result.score / result.max_score


@pytest.mark.parametrize(
    ("first", "last", "lost"),
    [
        ("x = x.float()", RESULT, {"dtype", "precision", "accuracy"}),
        ("given, x = x, x.float()", f"({RESULT}).to(given.dtype)", {"precision", "accuracy"}),
    ],
    ids=["and returned so", "and cast back"],
)
def test_an_answer_in_float32_loses_what_is_about_precision(first: str, last: str, lost: set[str]) -> None:
    result = graded("sigmoid", SIGMOID.format(first=first, last=last))
    assert failed(result) == lost
    assert share(result) >= 0.75


def test_what_is_wrong_in_the_seventh_digit_is_wrong() -> None:
    """It is within float32's tolerance, but not because it computes in float32."""
    assert "values" in failed(graded("sigmoid", SIGMOID.format(first="", last=f"{RESULT} + 1e-7")))


@pytest.mark.parametrize("name", WITHOUT)
def test_a_cross_entropy_without_one_option_keeps_the_rest(name: str) -> None:
    result = graded("cross_entropy", solved("cross_entropy", WITHOUT[name]))
    assert failed(result) <= {name, "bad-reduction", "all-ignored", "out-of-range", "empty-batch"}
    assert name in failed(result)
    assert share(result) >= (0.85 if name != "reductions" else 0.6)


def test_an_error_without_reduction_keeps_the_rest() -> None:
    result = graded("mse_loss", solved("mse_loss", WITHOUT["reductions"]))
    assert failed(result) == {"reductions"}
    assert {item.name for item in result.properties if item.verdict is Verdict.SKIPPED} == {"bad-reduction"}


def test_wrong_values_are_wrong_with_every_option_and_right_in_form() -> None:
    """Where plain values are wrong, options are not the reason; and their numbers are no reason for anything else."""
    text = solved("cross_entropy", "False").replace("return answer(", "return 1.01 * answer(")
    result = graded("cross_entropy", text)
    assert {"values", "reductions"} <= failed(result)
    assert failed(result).isdisjoint({"dtype", "layout", "graph", "device"})
    assert all(item.verdict is not Verdict.PASS for item in result.properties if item.name in WITHOUT)

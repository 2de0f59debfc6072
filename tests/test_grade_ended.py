"""Answers that end their process over some inputs: what that costs, what is shown, and how many processes it takes."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from autograder.grade import Grader
from autograder.result import ExerciseResult, PropertyResult, Verdict
from autograder.sandbox.layered import LayeredSandbox, LayeredWorker, supported
from autograder.submission import Source, Submission
from tests.bank import course

pytestmark = pytest.mark.skipif(not supported(), reason="a new worker takes seconds in the portable sandbox")

COURSE = course()
SIGMOID = """import torch

def sigmoid(x):
    if {when}:
        raise KeyboardInterrupt
    below = x < 0
    e = torch.exp(torch.where(below, x, -x))
    return torch.where(below, e, torch.ones_like(e)) / (1 + e)
"""


class CountingSandbox(LayeredSandbox):
    """Counts the workers that it makes."""

    made = 0

    def worker(self) -> LayeredWorker:
        self.made += 1
        return super().worker()


@pytest.fixture(scope="module")
def sandbox() -> CountingSandbox:
    return CountingSandbox(COURSE.budget.memory_mb, seconds=COURSE.budget.seconds)


@pytest.fixture(scope="module")
def grader(sandbox: CountingSandbox) -> Iterator[Grader]:
    with Grader(COURSE, exercises=COURSE.select(["sigmoid"]), seed=0, sandbox=sandbox) as made:
        yield made


def graded(grader: Grader, when: str) -> ExerciseResult:
    source = Source(SIGMOID.format(when=when), COURSE.exercise("sigmoid").path)
    return grader.grade(Submission("ada", {"sigmoid": source}, {}, (), "0" * 64)).exercises[0]


def crashed(result: ExerciseResult) -> dict[str, PropertyResult]:
    assert {item.verdict for item in result.properties} <= {Verdict.PASS, Verdict.CRASH, Verdict.SKIPPED}
    return {item.name: item for item in result.properties if item.verdict is Verdict.CRASH}


def test_who_ends_the_process_over_large_inputs_loses_the_properties_of_large_inputs_only(grader: Grader) -> None:
    found = crashed(graded(grader, "((x.abs() > 50) & x.isfinite()).any()"))
    assert set(found) == {"stable-values", "stable-gradients", "accuracy"}


def test_a_file_that_is_not_loaded_a_second_time_is_to_blame_for_it(grader: Grader) -> None:
    """A new process loads it anew where a call has ended the one before; by then it raises."""
    start, later = "import torch\n", time.time() + 4
    again = f"{start}import time\nif time.time() > {later}:\n    raise ValueError\n"
    source = SIGMOID.format(when=f"not time.sleep(max(0, {later} + 0.1 - time.time()))").replace(start, again, 1)
    submission = Submission("ada", {"sigmoid": Source(source, "sigmoid.py")}, {}, (), "0" * 64)
    result = grader.grade(submission).exercises[0]
    assert (result.verdict, result.score) == (Verdict.CRASH, 0)
    assert "loaded again, it raises ValueError" in str([item.message for item in result.properties])


def shown(result: ExerciseResult, name: str) -> str:
    counterexample = crashed(result)[name].counterexample
    assert counterexample is not None
    return counterexample.call


def test_of_a_pack_the_one_case_that_ends_the_process_is_shown(grader: Grader) -> None:
    """Pasted whole, nobody would see which of 33,000 numbers it is.

    Workers see other numbers than the judge's, but are told what the code reads of those: that there is a 9.
    """
    result = graded(grader, "(x == 9).any()")
    assert shown(result, "values") == "sigmoid(torch.tensor([9.0], dtype=torch.bfloat16))"  # one row of the sweep


def test_where_no_part_of_a_pack_does_the_smallest_pack_that_does_is_shown(grader: Grader) -> None:
    """Of 15 fixed points the first seven do, and neither three nor four of them."""
    result = graded(grader, "x.dim() == 1 and 7 <= x.numel() and x.dtype == torch.float32")
    assert shown(result, "values") == "sigmoid(torch.tensor([1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 0.0]))"


@pytest.mark.parametrize(("when", "most"), [("True", 3), ("x.numel() > 1", 40)])
def test_the_number_of_processes_that_an_answer_may_end_is_bounded(
    grader: Grader, sandbox: CountingSandbox, when: str, most: int
) -> None:
    before = sandbox.made
    assert graded(grader, when).verdict is Verdict.CRASH
    assert sandbox.made - before <= most

"""Add to a failing exercise's result the known mistake that the submission behaves exactly like."""

from __future__ import annotations

from autograder.diagnosis import diagnose
from autograder.grade.plan import Plan
from autograder.result import ExerciseResult, Verdict
from autograder.worker.rows import Observations


def diagnosed(plan: Plan, result: ExerciseResult, seen: Observations) -> ExerciseResult:
    """The result, with a diagnosis where one can be made.

    Args:
        plan: what the exercise was graded by.
        result: how it ended.
        seen: what the submission did on every case, in the order of ``plan.chunks``.

    """
    flaky = any(item.verdict is Verdict.FLAKY for item in result.properties)  # what it does is not what it will do
    if result.verdict is not Verdict.FAIL or flaky:
        return result
    cases = [case for chunk in plan.chunks for case in chunk.cases]
    expected = [item for family in plan.families.values() for items in family.expected for item in items]
    return result.model_copy(update={"diagnosis": diagnose(plan.exercise, cases, seen, expected)})

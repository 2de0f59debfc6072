"""How much of a report its learner may see."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # --help names the levels, and importing pydantic would double its time
    from autograder.result import ExerciseResult, PropertyResult, Report


class Feedback(StrEnum):
    """What is told: everything, the names and verdicts of properties, or the scores of exercises only."""

    FULL = "full"
    NAMES = "names"
    SCORE = "score"


def redact(report: Report, feedback: Feedback) -> Report:
    """The report with what the feedback level allows; verdicts and scores of exercises always stay."""
    if feedback is Feedback.FULL:
        return report
    names = feedback is Feedback.NAMES
    return report.model_copy(
        update={"exercises": tuple(_redact_exercise(exercise, names) for exercise in report.exercises)}
    )


def _redact_exercise(exercise: ExerciseResult, names: bool) -> ExerciseResult:
    kept = tuple(_redact_property(result) for result in exercise.properties) if names else ()
    return exercise.model_copy(
        update={"message": None, "hint": None, "diagnosis": None, "violations": (), "properties": kept}
    )


def _redact_property(result: PropertyResult) -> PropertyResult:
    return result.model_copy(update={"why": "", "message": None, "counterexample": None})

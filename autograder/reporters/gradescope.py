"""Gradescope's results.json, to the letter of its specification."""

import json
from collections.abc import Callable
from typing import Any

from autograder.language import N_, _
from autograder.reporters.explain import explain
from autograder.reporters.text import faulty, plain, plain_line, points, word
from autograder.result import ExerciseResult, Gradebook, PropertyResult, Report, Verdict

_PASSED = {Verdict.PASS, Verdict.UNDECIDED}
_NOT_FINAL = N_(
    "NOT FINAL: the autograder failed in a part of this, which is its fault; ask your instructor to run it again."
)


def render(gradebook: Gradebook, visibility: Callable[[str], str], seconds: float) -> str:
    """The one report of a gradebook: a test a property, or an exercise where its properties are not told.

    Args:
        gradebook: of one submission.
        visibility: of a property, by its name.
        seconds: how long the grading took.

    """
    (report,) = gradebook.submissions
    tests = []
    for number, exercise in enumerate(report.exercises, start=1):
        of_properties = [_of_property(exercise, result, visibility(result.name)) for result in exercise.properties]
        for place, test in enumerate(of_properties or [_of_exercise(exercise)], start=1):
            tests.append({**test, "number": f"{number}.{place}"})
    run = gradebook.run
    facts = {"kit": run.kit, "torch": run.torch, "seed": run.seed, "course": gradebook.course.sha256}
    return _dump(_number(report.score), seconds, _summary(report), tests, facts | {"sandbox": run.sandbox.level})


def unfinished(reason: str) -> str:
    """The results of a run that has none: no points, and why. The specification knows no other way to say so."""
    head = _("NOT GRADED. This is not your result: ask your instructor to run the autograder again.")
    output = f"{head}\n{plain(reason)}"
    test = {"name": "autograder", "status": "failed", "score": 0, "max_score": 0, "output": plain(reason)}
    return _dump(0, 0.0, output, [{**test, "visibility": "visible", "number": "1"}], {"graded": False})


def _dump(score: float, seconds: float, output: str, tests: list[dict[str, Any]], extra: dict[str, Any]) -> str:
    results = {
        "score": score,
        "execution_time": round(seconds, 3),
        "output": output,
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "extra_data": extra,
        "tests": tests,
    }
    return json.dumps(results, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def _of_property(exercise: ExerciseResult, result: PropertyResult, visibility: str) -> dict[str, Any]:
    right = result.verdict is Verdict.PASS
    held = _("{name}: holds in {n} cases").format(name=result.name, n=result.cases)
    return {
        "name": plain_line(f"{exercise.name}: {result.title}"),
        "status": _status(result.verdict),  # always: Gradescope would show a test of 0 points as passed
        "score": _number(result.score),
        "max_score": _number(result.max_score),
        "output": held if right else explain(exercise, result),
        "tags": [exercise.unit, exercise.name, result.tier.value],
        "visibility": visibility,
        "extra_data": {"exercise": exercise.name, "property": result.name, "verdict": result.verdict.value},
    }


def _of_exercise(exercise: ExerciseResult) -> dict[str, Any]:
    return {
        "name": plain_line(exercise.name),
        "status": _status(exercise.verdict),
        "score": _number(exercise.score),
        "max_score": _number(exercise.max_score),
        "output": plain(exercise.message or word(exercise.verdict)),
        "tags": [exercise.unit, exercise.name],
        "visibility": "visible",
        "extra_data": {"exercise": exercise.name, "verdict": exercise.verdict.value},
    }


def _status(verdict: Verdict) -> str:
    return "passed" if verdict in _PASSED else "failed"


def _summary(report: Report) -> str:
    lines = [_(_NOT_FINAL)] if faulty(report) else []
    for exercise in report.exercises:
        score = f"{points(exercise.score)} / {points(exercise.max_score)}"
        message = f": {plain_line(exercise.message)}" if exercise.message else ""
        lines.append(f"{plain_line(exercise.name)}  {score}  {word(exercise.verdict)}{message}")
    return "\n".join([*lines, *map(plain_line, report.notes)])


def _number(value: float) -> float:
    return round(value, 2)

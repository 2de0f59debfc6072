"""What GitHub's workflows take: annotations at lines of a file, and the result that its autograding reporter reads.

The reporter believes what it is given: it adds up scores beyond the maximum, prints ``undefined`` for a field that is
missing, and fails where ``tests`` is. So every field is always there and within its bounds. It shows the sum of the
scores, in floating point, to the last digit: they are written so that the sum is the total in whole hundredths.
"""

import base64
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

from autograder.language import _
from autograder.reporters.explain import Outcome, headline, outcome
from autograder.reporters.feedback import Feedback, redact
from autograder.reporters.text import behaviour, clip, faulty, plain_line, points
from autograder.result import ExerciseResult, PropertyResult, Report, Verdict

MAX_ENCODED = 100 * 1024
"""The reporter gets the result as one environment variable, and Linux starts no process with one above 128 KiB."""

_VERSION = 3  # of the runners' format
_STATUS = {Outcome.PASS: "pass", Outcome.SKIP: "pass", Outcome.FAIL: "fail", Outcome.ERROR: "error"}
_EMPTY: dict[str, Any] = {
    "name": "",
    "status": "error",
    "message": "",
    "test_code": "",
    "task_id": 1,
    "filename": "",
    "line_no": 0,  # no line: the reporter would print it for passing tests too
    "duration": 0.0,
    "score": 0,
    "output": "",
}
_LENGTHS = (500, 120, 40, 0)  # how much of a message is kept, until the whole is short enough


def render(report: Report, seed: int) -> str:
    """The result of a runner as JSON: a test a property, its score within its points; if too long, an exercise."""
    texts = (_dump(_result(report, seed, length)) for length in _LENGTHS)
    short = _dump(_result(redact(report, Feedback.SCORE), seed, 0))
    return next((text for text in texts if len(encode(text)) <= MAX_ENCODED), short)


def unfinished(reason: str) -> str:
    """The result of a run without one: a maximum of 0, which the reporter does not report as points."""
    message = plain_line(reason)[: _LENGTHS[0]]
    test = _EMPTY | {"name": "autograder", "status": "error", "message": message, "filename": "autograder"}
    return _dump({"version": _VERSION, "status": "error", "message": message, "max_score": 0, "tests": [test]})


def encode(text: str) -> str:
    """A result as a step hands it over."""
    return base64.b64encode(text.encode()).decode()


def annotations(report: Report, lines: Mapping[str, int], folder: str = "") -> str:
    """A workflow command an exercise that does not pass; GitHub shows ten a step at most.

    Args:
        report: what was graded.
        lines: by exercise name, the line where its answer begins.
        folder: where the submission lies in its repository.

    """
    commands = (_annotation(exercise, lines.get(exercise.name), folder) for exercise in report.exercises)
    return "".join(f"{command}\n" for command in commands if command)


def command(name: str, message: str, **properties: str) -> str:
    """A workflow command with GitHub's escapes."""
    given = ",".join(f"{key}={_escape_property(value)}" for key, value in properties.items())
    return f"::{name}{f' {given}' if given else ''}::{_escape(message)}"


def _result(report: Report, seed: int, length: int) -> dict[str, Any]:
    told = [entry for exercise in report.exercises for entry in _entries(exercise, seed)]
    scores = summable([round(entry["score"] * 100) for entry in told])
    tests = [
        {**entry, "message": entry["message"][:length], "task_id": number, "score": _number(score)}
        for number, (entry, score) in enumerate(zip(told, scores, strict=True), 1)
    ]
    passed = bool(tests) and all(test["status"] == "pass" for test in tests)
    return {
        "version": _VERSION,
        "status": "error" if faulty(report) else "pass" if passed else "fail",
        "message": _("{score} of {max} points").format(score=points(report.score), max=points(report.max_score)),
        # A fault of the grader must not become points, nor their lack: without a maximum none are reported.
        "max_score": 0 if faulty(report) else _number(round(report.max_score, 2)),
        "tests": tests,
    }


def _entries(exercise: ExerciseResult, seed: int) -> Iterator[dict[str, Any]]:
    """A test a property, or one for an exercise whose properties are not told."""
    replay = f"autograder check {exercise.name}"
    for result in exercise.properties:
        message = "" if outcome(result.verdict) is Outcome.PASS else headline(exercise, result)
        code = f"{replay} --property {result.name} --seed {seed}"
        yield _test(exercise, f"{exercise.name}: {result.name}", result, message, code)
    if not exercise.properties:
        yield _test(exercise, exercise.name, exercise, exercise.message or "", f"{replay} --seed {seed}")


def _test(
    exercise: ExerciseResult, name: str, result: ExerciseResult | PropertyResult, message: str, code: str
) -> dict[str, Any]:
    status = _STATUS[outcome(result.verdict)]
    return _EMPTY | {
        "name": plain_line(name),
        "status": status,
        "message": plain_line(message),
        "test_code": plain_line(code),
        "filename": plain_line(exercise.file),
        "score": min(max(result.score, 0.0), result.max_score),
    }


def summable(hundredths: Sequence[int]) -> list[float]:
    """Scores of so many hundredths each, but for what nobody sees, that add up in floating point without an error.

    As they stand, 0.1 + 0.2 is 0.30000000000000004. So the sums are laid down first: all but the whole are rounded to
    a multiple of a power of two, and each score is the distance from one to the next. Such numbers are added without
    rounding, up to a thousand times the whole: where that has no fraction, in any order and with other results' too.
    """
    whole = sum(hundredths) / 100
    step = math.ulp(whole) * 1024
    sums = [round(part / 100 / step) * step if part < sum(hundredths) else whole for part in accumulate(hundredths)]
    return [end - start for start, end in pairwise([0.0, *sums])]


def _number(value: float) -> int | float:
    """Without ``.0``: some fields are declared as integers."""
    return int(value) if value == int(value) else value


def _dump(result: dict[str, Any]) -> str:
    return json.dumps(result, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def _annotation(exercise: ExerciseResult, line: int | None, folder: str) -> str:
    broken = next((result for result in exercise.properties if _counts(result)), None)
    if broken is None and exercise.verdict in {Verdict.PASS, Verdict.UNDECIDED}:
        return ""
    place = "/".join(filter(None, (folder, exercise.file)))
    score = _("{score} / {max} points").format(score=points(exercise.score), max=points(exercise.max_score))
    title = f"{exercise.name}: {score}"
    where = next((violation.line for violation in exercise.violations if violation.line), line)
    at = {"file": plain_line(place), **({"line": str(where)} if where else {}), "title": plain_line(title)}
    return command("error", "\n".join(_told(exercise, broken)), **at)


def _counts(result: PropertyResult) -> bool:
    return outcome(result.verdict) in {Outcome.FAIL, Outcome.ERROR}


def _told(exercise: ExerciseResult, broken: PropertyResult | None) -> Iterator[str]:
    if exercise.violations:
        first, *more = exercise.violations
        others = _(" (and {n} more)").format(n=len(more)) if more else ""
        yield f"{plain_line(first.call)}: {clip(plain_line(first.message))}{others}"
    elif broken is None:
        yield clip(plain_line(exercise.message or _("no result")))
    else:
        yield f"{plain_line(broken.name)}: {headline(exercise, broken)}"
        if told := behaviour(exercise):
            yield told
        if broken.counterexample:
            yield plain_line(broken.counterexample.replay)


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")

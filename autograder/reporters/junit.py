"""JUnit XML, as GitLab, Jenkins and editors read it: a suite an exercise, a case a property.

Valid by the strictest schema about, that of Jenkins' xUnit plugin: there only a suite has properties, not a case.
"""

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from autograder.reporters.explain import Outcome, explain, headline, outcome
from autograder.reporters.text import plain, points, word
from autograder.result import ExerciseResult, Gradebook, PropertyResult

_ILLEGAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 has no form for these
_TAGS = {Outcome.FAIL: "failure", Outcome.ERROR: "error", Outcome.SKIP: "skipped"}
_COUNTED = {Outcome.FAIL: "failures", Outcome.ERROR: "errors", Outcome.SKIP: "skipped"}


def render(gradebook: Gradebook) -> str:
    """The reports as JUnit XML; where there are several learners, theirs is the first part of every class name."""
    several = len(gradebook.submissions) > 1
    suites = [
        _suite(exercise, gradebook.run.seed, report.learner if several else "")
        for report in gradebook.submissions
        for exercise in report.exercises
    ]
    return _document(gradebook.course.name, suites)


def unfinished(reason: str) -> str:
    """JUnit XML of a run that has no results: one error, which no reader takes for a pass."""
    suite = _element("testsuite", name="autograder")
    case = _element("testcase", classname="autograder", name="grading")
    case.append(_verdict(Outcome.ERROR, reason, reason))
    suite.append(case)
    _count(suite)
    return _document("autograder", [suite])


def _suite(exercise: ExerciseResult, seed: int, learner: str) -> ET.Element:
    name = ".".join(filter(None, (learner, exercise.unit, exercise.name)))
    suite = _element("testsuite", name=name)
    facts = {"verdict": exercise.verdict.value, "file": exercise.file, "seed": str(seed), **_score(exercise)}
    for result in exercise.properties:
        told = {"verdict": result.verdict.value, **_score(result)}
        facts |= {f"{result.name}.{fact}": value for fact, value in told.items()}
    holder = ET.SubElement(suite, "properties")
    holder.extend(_element("property", name=fact, value=value) for fact, value in facts.items())
    suite.extend([_case(exercise, result, name) for result in exercise.properties] or [_whole(exercise, name)])
    _count(suite)
    return suite


def _case(exercise: ExerciseResult, result: PropertyResult, classname: str) -> ET.Element:
    case = _element("testcase", classname=classname, name=result.name)
    ended = outcome(result.verdict)
    if ended is not Outcome.PASS:
        case.append(_verdict(ended, headline(exercise, result), explain(exercise, result)))
    return case


def _whole(exercise: ExerciseResult, classname: str) -> ET.Element:
    """An exercise whose properties are not told as one case: a suite without any would pass everywhere."""
    case = _element("testcase", classname=classname, name=exercise.name)
    ended, message = outcome(exercise.verdict), exercise.message or word(exercise.verdict)
    if ended is not Outcome.PASS:
        case.append(_verdict(ended, message, message))
    return case


def _verdict(ended: Outcome, message: str, text: str) -> ET.Element:
    element = _element(_TAGS[ended], message=message)
    if ended is not Outcome.SKIP:
        element.set("type", ended.value)
        element.text = _legal(text)
    return element


def _count(element: ET.Element) -> None:
    cases = list(element.iter("testcase"))
    element.set("tests", str(len(cases)))
    for ended, attribute in _COUNTED.items():
        if element.tag == "testsuite" or ended is not Outcome.SKIP:  # the whole counts no skips
            element.set(attribute, str(sum(case.find(_TAGS[ended]) is not None for case in cases)))


def _score(result: ExerciseResult | PropertyResult) -> dict[str, str]:
    return {"points": points(result.score), "max_points": points(result.max_score)}


def _element(tag: str, **attributes: str) -> ET.Element:
    return ET.Element(tag, {name: _legal(value) for name, value in attributes.items()})


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", plain(text))


def _document(name: str, suites: Iterable[ET.Element]) -> str:
    root = _element("testsuites", name=name)
    root.extend(suites)
    _count(root)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'

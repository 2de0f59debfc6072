"""JUnit XML: whole, legal, and never a pass by what is left out; and the file that `check --junit` writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from autograder.reporters import junit
from autograder.reporters.feedback import Feedback, redact
from autograder.result import Gradebook, Verdict
from tests.hosts import Place, autograder
from tests.reports import BOOK, CASE, FAILING, checked, gradebook, graded, hostile, report

# Jenkins' junit-10.xsd, the strictest there is: an element's attributes, the required ones first, and its children.
ATTRIBUTES: dict[str, tuple[set[str], set[str]]] = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"time", "timestamp", "hostname", "skipped"}),
    "properties": (set(), set()),
    "property": ({"name", "value"}, set()),
    "testcase": ({"name"}, {"classname", "time"}),
    "failure": (set(), {"message", "type"}),
    "error": (set(), {"message", "type"}),
    "skipped": (set(), {"message", "type"}),
}
CHILDREN: dict[str, set[str]] = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "testcase": {"failure", "error", "skipped"},
}


def complaints(element: ET.Element) -> Iterator[str]:
    """In what a document is no JUnit XML."""
    required, optional = ATTRIBUTES[element.tag]
    given = set(element.attrib)
    if not required <= given <= required | optional:
        yield f"{element.tag} has {sorted(given)}"
    for child in element:
        if child.tag not in CHILDREN.get(element.tag, set()):
            yield f"{child.tag} in {element.tag}"
        yield from complaints(child)
    cases = list(element.iter("testcase"))
    if element.tag in {"testsuites", "testsuite"}:
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            if element.get(attribute) is None and attribute == "skipped" and element.tag == "testsuites":
                continue
            if element.get(attribute) != str(sum(case.find(tag) is not None for case in cases)):
                yield f"{attribute}={element.get(attribute)} is not what {element.get('name')} holds"
        if element.get("tests") != str(len(cases)) or not cases:
            yield f"tests={element.get('tests')} of {len(cases)}"


def parsed(text: str) -> ET.Element:
    """The document, after it was found to be one."""
    root = ET.fromstring(text)
    assert not list(complaints(root))
    return root


def case_of(root: ET.Element, name: str) -> ET.Element:
    """The first case of that name."""
    return next(case for case in root.iter("testcase") if case.get("name") == name)


def facts(element: ET.Element) -> dict[str, str]:
    """Its properties."""
    return {str(item.get("name")): str(item.get("value")) for item in element.findall("properties/property")}


def test_a_suite_an_exercise_a_case_a_property() -> None:
    root = parsed(junit.render(gradebook(report("ann", FAILING, graded("relu")))))
    suites = root.findall("testsuite")
    assert [suite.get("name") for suite in suites] == ["activations.sigmoid", "activations.relu"]
    assert [case.get("name") for case in suites[0].findall("testcase")] == [
        "values",
        "stable-gradients",
        "device",
        "nan",
    ]
    assert [root.get(count) for count in ("tests", "failures", "errors")] == ["6", "2", "0"]
    assert [suite.get("skipped") for suite in suites] == ["1", "0"]


def test_points_and_seed_are_properties() -> None:
    root = parsed(junit.render(gradebook(report("ann", FAILING))))
    assert list(facts(root[0]).items())[:8] == [
        ("verdict", "fail"),
        ("file", "activations/sigmoid.py"),
        ("seed", "0"),
        ("points", "10.5"),
        ("max_points", "14"),
        ("values.verdict", "pass"),
        ("values.points", "2"),
        ("values.max_points", "2"),
    ]


def test_a_failure_carries_the_counterexample() -> None:
    failure = case_of(parsed(junit.render(BOOK)), "stable-gradients").find("failure")
    assert failure is not None
    assert failure.get("message") == "The gradient is nan."
    text = failure.text or ""
    for part in (*CASE.call.splitlines(), CASE.actual, CASE.expected, CASE.difference, CASE.replay, "Which sign"):
        assert str(part) in text


@pytest.mark.parametrize(
    ("verdict", "tag"),
    [
        (Verdict.PASS, None),
        (Verdict.UNDECIDED, "skipped"),
        (Verdict.ERROR, "error"),
        *((verdict, "failure") for verdict in Verdict if verdict not in {"pass", "undecided", "error"}),
    ],
)
def test_every_verdict_has_its_element(verdict: Verdict, tag: str | None) -> None:
    """Whatever costs points is a failure: a stub, a missing file and a property that waits are no skips."""
    exercise = graded("relu", verdict, 0, (checked("values", verdict),))
    case = case_of(parsed(junit.render(gradebook(report("ann", exercise)))), "values")
    assert [child.tag for child in case] == ([tag] if tag else [])


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.ERROR, Verdict.PASS])
def test_an_exercise_whose_properties_are_not_told_is_a_case(verdict: Verdict) -> None:
    """With `--feedback score` nothing else is left, and a suite without cases is a pass for every reader."""
    exercise = graded("relu", verdict, 0, (checked("values", verdict),))
    shown = redact(report("ann", exercise), Feedback.SCORE)
    root = parsed(junit.render(gradebook(shown)))
    passed = not root.findall(".//failure") and not root.findall(".//error")
    assert passed == (verdict is Verdict.PASS)


def test_a_class_is_told_apart() -> None:
    names = {case.get("classname") for case in parsed(junit.render(BOOK)).iter("testcase")}
    assert {"student-01.activations.sigmoid", "student-02.activations.sigmoid"} <= names


@pytest.mark.parametrize("bad", ["\x00", "\x1b[31m", "\x08", "\ud800", "\ufffe", "\uffff", "]]>", "<b>&amp;", "\u0085"])
def test_what_xml_cannot_hold_is_left_out(bad: str) -> None:
    """One such character, and no reader opens the file."""
    broken = checked("values", Verdict.FAIL, f"before{bad}after")
    text = junit.render(gradebook(report(bad, graded("relu", Verdict.FAIL, 0, (broken,)))))
    failure = case_of(parsed(text), "values").find("failure")
    assert failure is not None
    assert str(failure.get("message")).startswith("before")
    assert str(failure.get("message")).endswith("after")


def test_hostile_text_stays_text() -> None:
    assert parsed(junit.render(gradebook(hostile()))) is not None


def test_no_result_is_an_error() -> None:
    root = parsed(junit.unfinished("out of \x1b cheese"))
    assert root.get("errors") == "1"
    assert "cheese" in str(root.findall(".//error")[0].text)


def test_same_book_same_bytes() -> None:
    again = Gradebook.model_validate_json(BOOK.model_dump_json())
    assert junit.render(BOOK) == junit.render(again)


class TestCheckJunit:
    """`autograder check --junit FILE`."""

    def test_a_stub(self, tmp_path: Path) -> None:
        place = Place.make(tmp_path / "place", "def relu(x):\n    raise NotImplementedError\n")
        file = tmp_path / "new" / "report.xml"
        status, said = autograder("check", "--course", place.root, "--junit", file)
        assert status == 1
        assert "not started" in said
        root = parsed(file.read_text(encoding="utf-8"))
        assert root.get("tests") == root.get("failures") == "20"

    def test_a_mistake_in_the_command_is_in_the_file(self, tmp_path: Path) -> None:
        """An older report must not stay there and look like this run's."""
        place = Place.make(tmp_path / "place", "")
        file = tmp_path / "report.xml"
        file.write_text("<testsuites/>", encoding="utf-8")
        status, _ = autograder("check", "rleu", "--course", place.root, "--junit", file)
        assert status == 2
        root = parsed(file.read_text(encoding="utf-8"))
        assert root.get("errors") == "1"
        assert "rleu" in file.read_text(encoding="utf-8")

"""Every host that grades one learner's folder, behind one interface, so that they can be held against each other.

A new host is one more `Host` in `HOSTS`: how it is run on a place, where it leaves its results, how they are read.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock
from xml.etree import ElementTree as ET

import pytest
import yaml

from autograder import cli
from tests.bank import ROOT

PASSED = {"pass", "passed", "undecided"}


@dataclass(frozen=True)
class Seen:
    """What a host shows: which properties passed, and the points."""

    passed: dict[str, bool]
    score: float


@dataclass(frozen=True)
class Place:
    """A course folder of one exercise, with a learner's answer in it and room for results."""

    root: Path

    @classmethod
    def make(cls, root: Path, source: str, **changes: Any) -> Place:
        """The kit's own relu with few cases and little patience; ``changes`` go into course.yaml."""
        small_course(root, **changes)
        place = cls(root)
        place.answer.parent.mkdir(parents=True)
        place.answer.write_text(source, encoding="utf-8")
        place.out.mkdir()
        return place

    @property
    def answer(self) -> Path:
        """The learner's file."""
        return self.root / "exercises" / "activations" / "relu.py"

    @property
    def out(self) -> Path:
        """Where hosts leave their results."""
        return self.root / "out"


@dataclass(frozen=True)
class Host:
    """One host."""

    name: str
    file: str
    run: Callable[[Place], int]
    read: Callable[[str], Seen]

    def results(self, place: Place) -> Path:
        """The file that it leaves."""
        return place.out / self.file

    def grade(self, place: Place) -> Seen:
        """Run the host for real and read what it leaves."""
        self.run(place)
        return self.read(self.results(place).read_text(encoding="utf-8"))


def small_course(root: Path, **changes: Any) -> Path:
    """A course.yaml of relu alone, whose cases are few and whose deadlines are short."""
    root.mkdir(parents=True, exist_ok=True)
    course = yaml.safe_load((ROOT / "course.yaml").read_text(encoding="utf-8"))
    course["exercises"] = [exercise for exercise in course["exercises"] if exercise["name"] == "relu"]
    course["points"] = 10
    course["budget"] |= {"cases": 5, "search_calls": 20, "seconds": 2}
    path = root / "course.yaml"
    path.write_text(yaml.safe_dump(course | changes, sort_keys=False), encoding="utf-8")
    return path


def autograder(*words: str | Path, **environment: str | Path) -> tuple[int, str]:
    """Run a command in this process; its exit status and standard output."""
    said = io.StringIO()
    environ = {**os.environ, **{name: str(value) for name, value in environment.items()}}
    with (
        mock.patch.object(sys, "argv", ["autograder", *map(str, words)]),
        mock.patch.dict(os.environ, environ),
        contextlib.redirect_stdout(said),
        pytest.raises(SystemExit) as end,
    ):
        cli.main()
    return int(end.value.code or 0), said.getvalue()


# --- the hosts ---


def _run_grade(place: Place) -> int:
    shutil.copytree(place.root / "exercises", place.root / "class" / "me")
    words = ("--out", place.out, "--course", place.root, "--allow-weak-sandbox")
    return autograder("grade", place.root / "class", *words)[0]


def _run_junit(place: Place) -> int:
    words = ("--course", place.root, "--folder", place.root / "exercises", "--junit", place.out / "junit.xml")
    return autograder("check", *words)[0]


def _run_github(place: Place) -> int:
    words = ("--course", place.root, "--folder", place.root / "exercises")
    environment = {"GITHUB_OUTPUT": place.out / "output", "GITHUB_STEP_SUMMARY": place.out / "summary.md"}
    return autograder("ci", "github", *words, **environment)[0]


def _run_gradescope(place: Place) -> int:
    for name, original in (("source/course.yaml", "course.yaml"), ("submission/relu.py", place.answer)):
        path = place.root / name
        path.parent.mkdir(exist_ok=True)
        shutil.copy(place.root / original, path)
    place.out.rmdir()
    place.out.symlink_to(place.root / "results")
    (place.root / "results").mkdir()
    return autograder("ci", "gradescope", "--root", place.root)[0]


def _run_pytest(place: Place) -> int:
    command = [sys.executable, "-m", "pytest", f"--rootdir={place.root}", f"--junitxml={place.out / 'pytest.xml'}"]
    return subprocess.run([*command, "exercises"], cwd=place.root, capture_output=True, timeout=300).returncode


def _read_report(text: str) -> Seen:
    (report,) = json.loads(text)["submissions"]
    (exercise,) = report["exercises"]
    return Seen({item["name"]: item["verdict"] in PASSED for item in exercise["properties"]}, report["score"])


def _passed(cases: Iterable[ET.Element]) -> dict[str, bool]:
    return {str(case.get("name")): case.find("failure") is None and case.find("error") is None for case in cases}


def _fact(element: ET.Element, name: str) -> float:
    found = element.find(f"properties/property[@name='{name}']")
    return 0.0 if found is None else float(str(found.get("value")))


def _read_junit(text: str) -> Seen:
    root = ET.fromstring(text)
    return Seen(_passed(root.iter("testcase")), sum(_fact(suite, "points") for suite in root))


def _read_pytest(text: str) -> Seen:
    cases = list(ET.fromstring(text).iter("testcase"))
    return Seen(_passed(cases), round(sum(_fact(case, "points") for case in cases), 2))


def _read_output(text: str) -> Seen:
    result = runner_result(text)
    passed = {test["name"].removeprefix("relu: "): test["status"] in PASSED for test in result["tests"]}
    return Seen(passed, round(sum(test["score"] for test in result["tests"]), 2))


def runner_result(output: str) -> Any:
    """What the last step output called ``result`` holds, as GitHub reads the file."""
    values = dict(_pairs(output))
    return json.loads(base64.b64decode(values["result"]))


def _pairs(output: str) -> Iterator[tuple[str, str]]:
    for line in output.splitlines():
        name, equals, value = line.partition("=")
        assert equals, f"GitHub would refuse the line {line!r}"
        yield name, value


def _read_gradescope(text: str) -> Seen:
    results = json.loads(text)
    passed = {test["extra_data"]["property"]: test["status"] in PASSED for test in results["tests"]}
    assert results["score"] == round(sum(test["score"] for test in results["tests"]), 2)
    return Seen(passed, results["score"])


HOSTS = [
    Host("grade", "results.json", _run_grade, _read_report),
    Host("junit", "junit.xml", _run_junit, _read_junit),
    Host("github", "output", _run_github, _read_output),
    Host("gradescope", "results.json", _run_gradescope, _read_gradescope),
    Host("pytest", "pytest.xml", _run_pytest, _read_pytest),
]

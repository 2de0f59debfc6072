"""Processor seconds a submission: the kit, plain Hypothesis with pytest, and a bare loop, on the same submissions.

    python -m benchmarks.ratios

The kit's are those of the whole process tree (graders, zygotes, workers) for a class, less those for a smaller class,
over the learners between: what a start costs is shown apart. The other two are for just these learners.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from benchmarks.make_class import make_class
from benchmarks.measure import ROOT, environment, grade, head, heading, row, run

_MODULE = "benchmarks/plain_given.py"
_HELD = {"pass": True, "fail": False, "flaky": False, "crash": False, "timeout": False}
_SAYS = {True: "the kit passes", False: "the kit fails"}
Verdicts = Mapping[str, bool]  # whether it held, by test: "test_sigmoid[values]"


@dataclass(frozen=True)
class Plain:
    """What a learner's plain module took, and which of its tests passed."""

    cpu: float
    passed: Verdicts


def plain(learner: Path, *, only: str = "") -> Plain:
    """Run the plain module for one learner's folder in a fresh process; ``only`` is pytest's ``-k``."""
    # Nothing but pytest and Hypothesis, nor this project's settings: warnings of a learner's are no errors.
    bare = ["-p", "no:cacheprovider", "-o", "addopts=", "-o", "filterwarnings=ignore", "-k", only]
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.xml"
        cost = run(
            [sys.executable, "-m", "pytest", _MODULE, "-q", f"--junitxml={results}", *bare],
            allowed=(0, 1),
            variables={"LEARNER": str(learner), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        )
        tests = ElementTree.parse(results).iter("testcase")
        passed = {test.attrib["name"]: test.find("failure") is None and test.find("error") is None for test in tests}
    return Plain(cost.cpu, passed)


class Floor(NamedTuple):
    """Mean processor seconds of the bare loop: the kit's own calls, and a call a case."""

    joined: float
    single: float


def floor(learners: Sequence[Path]) -> Floor:
    """Run the bare loop for some learners' folders."""
    command = [sys.executable, "-m", "benchmarks.floor", *map(str, learners)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, env=environment())
    found = json.loads(done.stdout)
    return Floor(statistics.fmean(found["joined"]), statistics.fmean(found["single"]))


def verdicts(results: Path) -> dict[str, Verdicts]:
    """What the kit's results.json says, by learner; what it did not decide is left out."""
    return {
        learner["learner"]: {
            f"test_{exercise['name']}[{item['name']}]": _HELD[item["verdict"]]
            for exercise in learner["exercises"]
            for item in exercise["properties"]
            if item["verdict"] in _HELD
        }
        for learner in json.loads(results.read_text(encoding="utf-8"))["submissions"]
    }


def main(start: int, sample: int) -> None:
    """Measure and print the table."""
    print(heading("CPU seconds a submission of seven exercises"), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        few, many, out = (Path(folder) / name for name in ("few", "many", "out"))
        make_class(few, range(1, start + 1))
        learners = make_class(many, range(1, start + sample + 1))[start:]
        grade(few, out, jobs=1)  # what a first run leaves for later ones must not be counted for the small class alone
        small, large = (grade(group, out, jobs=1) for group in (few, many))
        bare = floor(learners)
        plains = [plain(learner) for learner in learners]
        ours = verdicts(out / "results.json")
    each = (large.cpu - small.cpu) / sample
    hypothesis = statistics.fmean(item.cpu for item in plains)
    compared = [
        (held == item.passed[test], f"{test.removeprefix('test_')} of {learner.name}, which {_SAYS[held]}")
        for learner, item in zip(learners, plains, strict=True)
        for test, held in ours[learner.name].items()
    ]
    apart = [what for agree, what in compared if not agree]
    print(head("", "CPU s a submission", "beside the kit"))
    print(
        row(f"`{_MODULE}`: `@given` and pytest, a process a learner", f"{hypothesis:.2f}", f"{hypothesis / each:.1f}x")
    )
    print(row(f"`autograder grade`, learners {start + 1} to {start + sample}", f"{each:.3f}", "1"))
    print(row("`benchmarks/floor.py`: its calls alone", f"{bare.joined:.3f}", f"{bare.joined / each:.2f}x"))
    print(row("the same cases, a call each", f"{bare.single:.3f}", f"{bare.single / each:.2f}x"))
    print(
        f"\nThe kit takes {hypothesis / each:.1f} times fewer than plain Hypothesis (target: at least 20) and"
        f" {each / bare.joined:.2f} times its bare calls (target: at most 3). Its start takes"
        f" {small.cpu - each * start:.1f} CPU s a run. {len(compared) - len(apart)} of {len(compared)} verdicts of the"
        f" two agree{'; not ' if apart else ''}{', '.join(apart)}.\n"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--start", type=int, default=10, help="learners of the smaller class")
    parser.add_argument("--sample", type=int, default=20, help="learners more in the larger one")
    chosen = parser.parse_args()
    main(chosen.start, chosen.sample)

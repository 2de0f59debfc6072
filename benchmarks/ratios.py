"""Processor seconds a submission: the kit, plain Hypothesis with pytest, and a bare loop, learner by learner.

    python -m benchmarks.ratios

A grader process with its zygote and workers, driven as `autograder grade` drives it, is given a class; the processor
time of that whole tree is read after every few learners. Their submissions go to the bare loop and to pytest right
after, so that all three meet the same machine: one that slows down for some minutes does so for all.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from autograder.pool.local import Pool
from autograder.result import Report
from autograder.submission import own_submission
from benchmarks.make_class import make_class
from benchmarks.measure import ROOT, cpu_of_children, environment, head, heading, row, run
from tests.bank import course

_BLOCK = 5  # learners one after the other, as in a class: with pytest between them each would find cold caches
_WARM = 3  # before each block, learners of those before it, again and not counted: pytest has just had the machine
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
    """Processor seconds of the bare loop: the kit's own calls, and a call a case."""

    joined: float
    single: float


@contextlib.contextmanager
def bare_loop() -> Iterator[Callable[[Path], Floor]]:
    """The bare loop in a process of its own: what it takes for a learner's folder."""
    command = [sys.executable, "-m", "benchmarks.floor"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, text=True, env=environment(), stdin=pipe, stdout=pipe) as process:
        asked, answered = process.stdin, process.stdout
        assert asked is not None
        assert answered is not None

        def floor(learner: Path) -> Floor:
            print(learner, file=asked, flush=True)
            return Floor(**json.loads(answered.readline()))

        yield floor
        asked.close()


def verdicts(report: Report) -> Verdicts:
    """What the kit says; what it did not decide is left out."""
    return {
        f"test_{exercise.name}[{item.name}]": _HELD[item.verdict]
        for exercise in report.exercises
        for item in exercise.properties
        if item.verdict in _HELD
    }


@dataclass
class Measured:
    """What some learners took, all of them together."""

    kit: float = 0.0
    plain: float = 0.0
    joined: float = 0.0
    single: float = 0.0
    agree: int = 0
    apart: list[str] = field(default_factory=list)

    def add(self, learner: Path, report: Report, floor: Floor, plain: Plain) -> None:
        """Count what one more took beside the kit."""
        self.plain += plain.cpu
        self.joined += floor.joined
        self.single += floor.single
        for test, held in verdicts(report).items():
            if held == plain.passed[test]:
                self.agree += 1
            else:
                self.apart.append(f"{test.removeprefix('test_')} of {learner.name}, which {_SAYS[held]}")


def measured(start: int, sample: int) -> Measured:
    """Let a grader become warm with ``start`` learners, then measure ``sample`` more."""
    asked, found = course(), Measured()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        learners = make_class(Path(folder), range(1, start + sample + 1))
        os.environ.update(environment())
        pool = stack.enter_context(Pool(asked, exercises=asked.exercises, seed=asked.seed, jobs=1))
        for learner in learners[:start]:
            pool.graded(own_submission(learner, asked))
        floor = stack.enter_context(bare_loop())
        floor(learners[0])
        for first in range(start, start + sample, _BLOCK):
            block, reports = learners[first : first + _BLOCK], []
            earlier = learners[max(0, first - _WARM) : first]
            for learner in earlier:
                pool.graded(own_submission(learner, asked))
            before = cpu_of_children() + time.process_time()
            for learner in block:
                reports.append(pool.graded(own_submission(learner, asked)).report)
            found.kit += cpu_of_children() + time.process_time() - before
            for learner in earlier:
                floor(learner)
            floors = [floor(learner) for learner in block]
            for learner, report, bare in zip(block, reports, floors, strict=True):
                found.add(learner, report, bare, plain(learner))
    return found


def main(start: int, sample: int) -> None:
    """Measure and print the table."""
    print(heading("CPU seconds a submission of seven exercises"), flush=True)
    found = measured(start, sample)
    kit, plain, joined = found.kit / sample, found.plain / sample, found.joined / sample
    print(head("", "CPU s a submission", "beside the kit"))
    print(row(f"`{_MODULE}`: `@given` and pytest, a process a learner", f"{plain:.2f}", f"{plain / kit:.1f}x"))
    print(row(f"the kit, learners {start + 1} to {start + sample}", f"{kit:.3f}", "1"))
    print(row("`benchmarks/floor.py`: its calls alone", f"{joined:.3f}", f"{joined / kit:.2f}x"))
    print(row("the same cases, a call each", f"{found.single / sample:.3f}", f"{found.single / found.kit:.2f}x"))
    print(
        f"\nThe kit takes {plain / kit:.1f} times fewer than plain Hypothesis (target: at least 20) and"
        f" {kit / joined:.2f} times its bare calls (target: at most 3). {found.agree} of"
        f" {found.agree + len(found.apart)} verdicts of the two agree"
        f"{'; not ' if found.apart else ''}{', '.join(found.apart)}.\n"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--start", type=int, default=100, help="learners that are graded before")
    parser.add_argument("--sample", type=int, default=20, help="learners that are measured")
    chosen = parser.parse_args()
    main(chosen.start, chosen.sample)

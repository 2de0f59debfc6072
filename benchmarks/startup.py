"""How long `autograder check EXERCISE` takes, beside `python -c "import torch"`, in one run.

The budget: from command to verdict in at most twice torch's import plus the grading itself. What grading takes is
measured in a process of its own that has imported everything and has a worker waiting.

    python benchmarks/startup.py [EXERCISE] [ROUNDS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
GRADING = """
import sys, time
from pathlib import Path
from autograder.course import load_course
from autograder.grade import Grader
from autograder.grade.plan import make_plan
from autograder.submission import own_submission
import hypothesis, torch, autograder.worker.accelerator, numpy
course = load_course(Path("course.yaml"))
exercise = course.exercise(sys.argv[1])
make_plan(course, course.exercise("relu" if exercise.name != "relu" else "tanh"), 1, ["dtype"])  # first calls
from autograder.sandbox.portable import PortableSandbox
sandbox = PortableSandbox()
sandbox.warm()
time.sleep(15)  # the worker imports torch
start = time.perf_counter()
with Grader(course, exercises=[exercise], seed=0, sandbox=sandbox) as grader:
    grader.grade(own_submission(Path("solutions"), course))
print(time.perf_counter() - start)
"""


def main(exercise: str, rounds: int) -> None:
    """Time the three in turn, so that a busy moment of the machine hits all of them, and print the medians."""
    imports, checks, gradings = [], [], []
    for _ in range(rounds):
        imports.append(_wall([sys.executable, "-c", "import torch"]))
        command = [sys.executable, "-m", "autograder", "check", exercise, "--folder", "solutions"]
        checks.append(_wall(command))
        gradings.append(float(_run([sys.executable, "-c", GRADING, exercise])))
    imported, checked, graded = (statistics.median(times) for times in (imports, checks, gradings))
    print(f"import torch             {imported:6.2f} s")
    print(f"grading {exercise:<16} {graded:6.2f} s")
    print(f"autograder check         {checked:6.2f} s")
    print(f"(check - grading) / import torch = {(checked - graded) / imported:.2f}   (budget: 2)")


def _wall(command: Sequence[str]) -> float:
    start = time.perf_counter()
    _run(command)
    return time.perf_counter() - start


def _run(command: Sequence[str]) -> str:
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sigmoid", int(sys.argv[2]) if len(sys.argv) > 2 else 5)

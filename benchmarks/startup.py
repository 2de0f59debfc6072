"""From command to verdict: how long ``autograder check EXERCISE`` takes, beside ``python -c "import torch"``.

``python -m benchmarks.startup sigmoid cross_entropy``
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence

from benchmarks.measure import ROOT, head, heading, row, run


def main(exercises: Sequence[str], rounds: int) -> None:
    """Time all of them in turn, so that a busy moment of the machine hits all, and print the medians."""
    commands = {name: _check(name) for name in exercises}
    for command in commands.values():  # what the first run of an exercise leaves for later ones
        run(command)
    imports: list[float] = []
    checks: dict[str, list[float]] = {name: [] for name in exercises}
    for _ in range(rounds):
        imports.append(run([sys.executable, "-c", "import torch"]).wall)
        for name, command in commands.items():
            checks[name].append(run(command).wall)
    imported = statistics.median(imports)
    print(heading("From command to verdict"))
    print(head("", "wall s", 'beside `python -c "import torch"`'))
    print(row('`python -c "import torch"`', f"{imported:.2f}", "1"))
    for name, times in checks.items():
        print(
            row(
                f"`autograder check {name}`",
                f"{statistics.median(times):.2f}",
                f"{statistics.median(times) / imported:.2f}x",
            )
        )
    print(f"\nMedians of {rounds} rounds, after a first check of each that is not counted; target: at most 1.3x.\n")


def _check(exercise: str) -> list[str]:
    return [sys.executable, "-m", "autograder", "check", exercise, "--folder", str(ROOT / "solutions")]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("exercises", nargs="*", default=["sigmoid", "cross_entropy"])
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    main(chosen.exercises, chosen.rounds)

"""A class to grade: learners who answer all exercises, 70 % of the answers right and 30 % wrong, from the golden bank.

    python -m benchmarks.make_class 100 FOLDER

Learner 101 answers as learner 1 does, so that a class of 100 and one of 1,000 differ in size alone; of every ten
learners in a row three answer an exercise wrong. No two files are equal: each names its learner.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

from tests.bank import ROOT, course, load_bank

PERIOD = 100
_BLOCK = 10
_WRONG = 3  # of a block


def make_class(folder: Path, learners: Sequence[int], seed: int = 0) -> list[Path]:
    """Write the folder of each learner, counted from 1, below ``folder``; returns them in that order."""
    asked = course()
    answers = {exercise.name: _answers(exercise.name, exercise.path, seed) for exercise in asked.exercises}
    folders = []
    for number in learners:
        name = f"learner-{number:06}"
        folders.append(folder / name)
        for exercise in asked.exercises:
            path = folder / name / exercise.path
            path.parent.mkdir(parents=True, exist_ok=True)
            text = answers[exercise.name][(number - 1) % PERIOD]
            path.write_text(f"# {name}\n{text}", encoding="utf-8")
    return folders


def _answers(exercise: str, path: str, seed: int) -> list[str]:
    """What `PERIOD` learners answer."""
    choice = random.Random(f"{seed}/{exercise}")
    right, wrong = ([item.text for item in load_bank(kind) if item.exercise == exercise] for kind in ("right", "wrong"))
    right.append((ROOT / "solutions" / path).read_text(encoding="utf-8"))
    choice.shuffle(right)
    choice.shuffle(wrong)
    rights, wrongs = cycle(right), cycle(wrong)
    answers: list[str] = []
    for _ in range(PERIOD // _BLOCK):
        block = [*islice(rights, _BLOCK - _WRONG), *islice(wrongs, _WRONG)]
        choice.shuffle(block)
        answers += block
    return answers


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("learners", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    asked_for = parser.parse_args()
    make_class(asked_for.folder, range(1, asked_for.learners + 1), asked_for.seed)

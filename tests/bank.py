"""The golden bank: submissions whose header says how they must be graded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course, load_course
from autograder.submission import Source, Submission

ROOT = Path(__file__).parent.parent
BANK = Path(__file__).parent / "submissions"
EXPECT = "# expect: "


@dataclass(frozen=True)
class Specimen:
    """One file of the bank."""

    kind: str  # right, wrong or cheat
    exercise: str
    name: str
    text: str
    expectation: str

    @property
    def id(self) -> str:
        """Its path below the bank."""
        return f"{self.kind}/{self.exercise}/{self.name}"

    def named(self) -> frozenset[str]:
        """The properties that its header names."""
        first, _, rest = self.expectation.partition(" ")
        return frozenset(part.strip() for part in rest.split(",")) if first in ("fails", "loses") else frozenset()

    def submission(self, course: Course) -> Submission:
        """The file as a learner's submission."""
        path = course.exercise(self.exercise).path
        return Submission(self.name, {self.exercise: Source(self.text, path)}, {}, (), "0" * 64)


def load_bank(*kinds: str) -> list[Specimen]:
    """Every file of the given kinds, in alphabetical order."""
    return [_read(path) for kind in kinds for path in sorted((BANK / kind).glob("*/*.py"))]


def course() -> Course:
    """The kit's own course."""
    return load_course(ROOT / "course.yaml")


def _read(path: Path) -> Specimen:
    text = path.read_text(encoding="utf-8")
    first = text.splitlines()[0]
    if not first.startswith(EXPECT):
        raise ValueError(f"{path}: line 1 is {first!r}; begin with {EXPECT!r}")
    return Specimen(path.parent.parent.name, path.parent.name, path.stem, text, first.removeprefix(EXPECT))

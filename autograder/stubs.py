"""The stubs as they were given out: kept beside the course, for a learner's copy need not have the solutions.

They tell a stub that nobody has touched from somebody's work, and are what an exercise begins anew from.
"""

from __future__ import annotations

from pathlib import Path

from autograder.course import Course, Exercise

HOME = ".autograder"
"""The folder beside course.yaml where the kit keeps what is its own: the stubs, a learner's progress and backups."""


def stub_path(root: Path, exercise: Exercise) -> Path:
    """Where a course's folder keeps an exercise's stub."""
    return root / HOME / "stubs" / exercise.path


def given_stub(course: Course, exercise: Exercise) -> str | None:
    """The stub of an exercise as it was given out, or None where this course keeps none."""
    try:
        return stub_path(course.path.parent, exercise).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None

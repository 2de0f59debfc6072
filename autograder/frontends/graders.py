"""Graders that outlive one call, for hosts that hand over one notebook at a time in a process that stays."""

from __future__ import annotations

import atexit
import contextlib
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import Course, Exercise, load_course

if TYPE_CHECKING:
    from autograder.grade import Grader

_OPEN = contextlib.ExitStack()


def close_graders() -> None:
    """End the workers of every grader given out; done at the end of the process in any case."""
    _opened.cache_clear()
    _OPEN.close()


atexit.register(close_graders)


def grader_for(course: Course, exercises: Sequence[Exercise], seed: int | None) -> Grader:
    """The process's one grader of these exercises by this seed, the course's when None; it ends with the process."""
    names = tuple(exercise.name for exercise in exercises)
    return _opened(course.path, course.sha256, names, course.seed if seed is None else seed)


@functools.cache
def _opened(path: Path, sha256: str, names: tuple[str, ...], seed: int) -> Grader:  # a part of the key
    from autograder.grade import Grader  # imports torch, which writing a configuration does without
    from autograder.grade.cache import PlanCache

    course = load_course(path)
    return _OPEN.enter_context(Grader(course, exercises=course.select(names), seed=seed, cache=PlanCache.of_user()))

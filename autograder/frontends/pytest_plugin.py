"""pytest: every property of a course's exercises as an item, in the same words as `autograder check`.

For practice: pytest imports conftest.py from the learner's folder into its own process, so what it says of strangers'
work can be forged. Files of exercises themselves are never imported here, even when named on the command line.

Nothing is imported but pytest until a file below a course's ``exercises`` folder is collected.
"""

from __future__ import annotations

import functools
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from autograder.course import Course, Exercise
    from autograder.frontends.background import Grading
    from autograder.result import ExerciseResult, PropertyResult

_COURSE = "course.yaml"
_FOLDER = "exercises"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `autograder check` that change what is graded."""
    group = parser.getgroup("autograder", "exercises of an autograder course")
    group.addoption("--autograder-seed", type=int, metavar="N", help="draws the cases; else the course's seed")


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Take over what belongs to an exercise: the Python plugin would import it, doctest would run it."""
    collected = yield
    exercise = _exercise_at(file_path)
    if exercise is None:
        return collected
    return [ExerciseFile.from_parent(parent, path=file_path)]


class _Timer(Protocol):
    """What pytest-timeout knows of an item's time."""

    timeout: float


@pytest.hookimpl(optionalhook=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: _Timer) -> bool | None:
    """Keep to the time that pytest-timeout gives a test ourselves.

    It would raise an exception wherever the grader is, such as in the middle of torch's import, or end the process.
    """
    if not isinstance(item, PropertyItem):
        return None
    item.seconds = settings.timeout
    return True


class ExerciseFile(pytest.File):
    """One exercise of the learner's, graded once, from when its first item is run."""

    def collect(self) -> Iterator[pytest.Item]:
        """An item a property."""
        from autograder.frontends.grading import line_of

        _, exercise = _require_exercise(self.path)
        line = line_of(self.path.read_text(encoding="utf-8", errors="replace"), exercise.symbol)
        for name in exercise.properties:
            yield PropertyItem.from_parent(self, name=name, exercise=exercise.name, line=line)

    def result(self, seconds: float | None = None) -> ExerciseResult:
        """What grading the whole exercise gives, whichever items were selected: as `autograder grade` judges it.

        Raises:
            TimeoutError: that takes more than these seconds; it goes on, for the next item.

        """
        from autograder.errors import GraderError

        try:
            return self._grading.result(seconds)
        except GraderError as error:
            fact = str(error)
        pytest.fail(fact, pytrace=False)

    @functools.cached_property
    def _grading(self) -> Grading:
        from autograder.frontends.background import Grading

        course, exercise = _require_exercise(self.path)
        return Grading(course, exercise, course.path.parent / _FOLDER, self.config.getoption("--autograder-seed"))

    def teardown(self) -> None:
        """End a grading that nobody waits for any more."""
        if "_grading" in vars(self) and not self._grading.done:
            self._grading.close()
            del self._grading


class PropertyItem(pytest.Item):
    """One property of one exercise."""

    def __init__(self, *, exercise: str, line: int | None, **given: object) -> None:
        super().__init__(**given)  # type: ignore[arg-type]  # what pytest hands its nodes
        self.seconds: float | None = None
        self._in_time = False
        self._exercise = exercise
        self._line = line

    def setup(self) -> None:
        """Grade; what goes wrong here is the grader's, and pytest calls it an error."""
        from autograder.reporters.explain import Outcome, explain, outcome

        try:
            result = self._result
        except TimeoutError:
            return  # a failure, of the item itself
        self._in_time = True
        self.user_properties += [
            ("verdict", result.verdict.value),
            ("points", result.score),
            ("max_points", result.max_score),
        ]
        if outcome(result.verdict) is Outcome.ERROR:
            pytest.fail(explain(self._file.result(), result), pytrace=False)

    def runtest(self) -> None:
        """Fail with the counterexample, skip what could not be decided."""
        from autograder.language import _
        from autograder.reporters.explain import Outcome, explain, headline, outcome

        if not self._in_time:
            fact = _(
                "not graded within {seconds} s; the first property waits until the whole exercise is, "
                "so allow more time, such as --timeout=60"
            )
            pytest.fail(fact.format(seconds=f"{self.seconds:g}"), pytrace=False)
        result = self._result
        ended = outcome(result.verdict)
        if ended is Outcome.SKIP:
            pytest.skip(headline(self._file.result(), result))
        if ended is not Outcome.PASS:
            pytest.fail(explain(self._file.result(), result), pytrace=False)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where editors jump to: the answer itself."""
        return self.path, None if self._line is None else self._line - 1, f"{self._exercise}: {self.name}"

    @property
    def _file(self) -> ExerciseFile:
        parent = self.getparent(ExerciseFile)
        assert parent is not None  # noqa: S101  # `collect` has made it
        return parent

    @property
    def _result(self) -> PropertyResult:
        return next(result for result in self._file.result(self.seconds).properties if result.name == self.name)


def _exercise_at(path: Path) -> Exercise | None:
    """The exercise whose answer lies there, of the nearest course upwards."""
    if path.suffix != ".py":
        return None
    root = _course_folder(path.parent)
    if root is None or not path.is_relative_to(root / _FOLDER):
        return None
    place = path.relative_to(root / _FOLDER).as_posix()
    found = [exercise for exercise in _course(root).exercises if place in (exercise.path, exercise.file)]
    return found[0] if len(found) == 1 else None  # two units may have a file of one name, but not at the top


def _require_exercise(path: Path) -> tuple[Course, Exercise]:
    root, exercise = _course_folder(path.parent), _exercise_at(path)
    assert root is not None  # noqa: S101  # `pytest_collect_file` has asked
    assert exercise is not None  # noqa: S101
    return _course(root), exercise


@functools.cache
def _course_folder(folder: Path) -> Path | None:
    """The nearest folder upwards with a course file; files of other projects cost a look at each folder, once."""
    if (folder / _COURSE).is_file():
        return folder
    return None if folder == folder.parent else _course_folder(folder.parent)


@functools.cache
def _course(root: Path) -> Course:
    from autograder.course import load_course
    from autograder.errors import CourseError

    try:
        return load_course(root / _COURSE)
    except CourseError as error:
        raise pytest.Collector.CollectError(str(error)) from None

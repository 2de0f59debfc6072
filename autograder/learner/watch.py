"""`autograder watch`: a loop over what happens, which alone speaks and decides; threads only tell it."""

from __future__ import annotations

import contextlib
import functools
import queue
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from rich.text import Text

from autograder.course import Course, Exercise
from autograder.errors import UsageError
from autograder.language import _
from autograder.learner import screens
from autograder.learner.checker import Checked, Checker, Failed
from autograder.learner.hints import next_hint
from autograder.learner.keys import keys
from autograder.learner.progress import Standing, fingerprint, next_standing, own_folder, read, record, standings
from autograder.learner.reset import is_as_given, own_file
from autograder.learner.saves import saves
from autograder.reporters.console import render_exercise
from autograder.reporters.page import Page
from autograder.submission import Submission, own_submission
from autograder.terminal import print_page


@dataclass(frozen=True)
class Touched:
    """Something below the learner's folder may have changed."""


@dataclass(frozen=True)
class Pressed:
    """A key was typed."""

    key: str


Event = Touched | Pressed | Checked | Failed


def watch(course: Course, first: Exercise | None) -> None:
    """Check each exercise whenever its file is saved, until the learner ends it.

    Args:
        course: whose exercises.
        first: the exercise to begin with; the first that is not done when None.

    """
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    own_submission(own_folder(course), course)  # UsageError where there is nothing to watch, before torch is imported
    with contextlib.ExitStack() as stack:
        checker = stack.enter_context(contextlib.closing(Checker(course, events.put)))
        stack.enter_context(saves(own_folder(course), lambda: events.put(Touched())))
        typed = stack.enter_context(keys(lambda key: events.put(Pressed(key))))
        loop = Loop(course, checker, typed=typed)
        loop.begin(first)
        while loop.react(events.get()):
            pass


class _Checks(Protocol):
    def prepare(self, exercise: Exercise) -> None: ...

    def check(self, exercise: Exercise) -> None: ...


class Loop:
    """What is being worked on, what was seen and checked of each file, and how it goes on.

    Args:
        course: whose exercises.
        checker: checks in the background, and answers by an event.
        typed: whether there is a keyboard.

    """

    def __init__(self, course: Course, checker: _Checks, *, typed: bool) -> None:
        self._course = course
        self._checker = checker
        self._typed = typed
        self._seen = self._look()
        self._checked: dict[str, str | None] = {}  # the state of each file that was checked last
        self._asked: dict[str, float] = {}  # checks under way, and since when
        self._current = course.exercises[0]
        self._keys: dict[str, Callable[[], bool]] = {
            "n": self._next,
            "h": self._hint,
            "l": self._list,
            "q": lambda: False,
        }

    def begin(self, first: Exercise | None) -> None:
        """Show where the learner stands, and the exercise to begin with."""
        found = standings(self._course)
        print_page(functools.partial(screens.welcome, self._course, found))
        standing = next_standing(found)
        if first is None and standing is None:
            print_page(functools.partial(screens.congratulation, self._course))
        self._turn_to(first or (standing or found[0]).exercise)

    def react(self, event: Event) -> bool:
        """Deal with one event; whether to go on."""
        match event:
            case Touched():
                self._compare()
            case Checked():
                self._show(event)
            case Failed():
                raise event.error
            case Pressed():
                return self._keys.get(event.key, lambda: True)()
        return True

    # --- files ---

    def _look(self) -> dict[str, str | None]:
        """The state of every exercise's file; a folder that is away for a moment is a folder without files."""
        try:
            submission = own_submission(own_folder(self._course), self._course)
        except UsageError:
            submission = Submission("", {}, {}, (), "")
        return {exercise.name: fingerprint(submission, exercise.name) for exercise in self._course.exercises}

    def _compare(self) -> None:
        before, self._seen = self._seen, self._look()
        for exercise in self._course.exercises:
            was, now = before[exercise.name], self._seen[exercise.name]
            if was == now or exercise.name in self._asked:  # a check under way is compared with the file at its end
                continue
            if now is None:
                self._say(_("{file} is gone; waiting for it to come back").format(file=self._file(exercise)))
            elif now != self._checked.get(exercise.name):
                self._check(exercise)
            else:
                self._say(_("{file} is back, as it was checked").format(file=self._file(exercise)))

    def _check(self, exercise: Exercise) -> None:
        self._say(_("checking {name} …").format(name=exercise.name))
        self._asked[exercise.name] = time.perf_counter()
        self._checker.check(exercise)

    def _show(self, checked: Checked) -> None:
        exercise, result = checked.exercise, checked.report.exercises[0]
        seconds = time.perf_counter() - self._asked.pop(exercise.name)
        self._checked[exercise.name] = digest = fingerprint(checked.submission, exercise.name)
        self._seen[exercise.name] = now = self._look()[exercise.name]
        if now not in (digest, None):
            self._check(exercise)  # it was saved again meanwhile: what came of the older state helps nobody
            return
        record(self._course, checked.submission, [result])
        self._say("")
        print_page(functools.partial(render_exercise, result))
        self._current = exercise
        self._say(_("checked at {time} in {seconds:.2f} s").format(time=time.strftime("%H:%M:%S"), seconds=seconds))
        found = standings(self._course, checked.submission)
        if found[self._number(exercise) - 1].done:
            self._go_on(found)
        else:
            self._say_keys(found)

    # --- where to go ---

    def _go_on(self, found: list[Standing]) -> None:
        """To the next exercise that is not done, or to the end."""
        standing = next_standing(found, self._number(self._current))
        if standing is not None:
            self._turn_to(standing.exercise)
            return
        self._say("")
        print_page(functools.partial(screens.congratulation, self._course))
        self._say_keys(found)

    def _turn_to(self, exercise: Exercise) -> None:
        self._current = exercise
        found = standings(self._course)
        print_page(functools.partial(screens.introduction, self._course, found[self._number(exercise) - 1]))
        self._say_keys(found)
        if is_as_given(self._course, exercise) or self._seen[exercise.name] is None:
            self._checker.prepare(exercise)  # while the learner reads
        elif exercise.name not in self._asked:
            self._check(exercise)

    def _number(self, exercise: Exercise) -> int:
        return self._course.exercises.index(exercise) + 1

    # --- keys ---

    def _next(self) -> bool:
        standing = next_standing(standings(self._course), self._number(self._current))
        if standing is None or standing.exercise == self._current:
            self._say(_("No other exercise is left."))
        else:
            self._turn_to(standing.exercise)
        return True

    def _hint(self) -> bool:
        level, again = next_hint(self._course, self._current)
        failing = read(self._course).of(self._current.name).failing
        print_page(functools.partial(screens.hints, self._current, [level], failing))
        if again:
            self._say(_("That was the last hint."))
        return True

    def _list(self) -> bool:
        print_page(functools.partial(screens.table, self._course, standings(self._course)))
        return True

    # --- words ---

    def _file(self, exercise: Exercise) -> str:
        return screens.shown(own_file(self._course, exercise))

    def _say_keys(self, found: list[Standing]) -> None:
        ways = _("n next · h hint · l list · q quit") if self._typed else _("Ctrl-C ends")
        self._say(screens.total(found))
        self._say(_("save a file to check it · {ways}").format(ways=ways))

    def _say(self, line: str) -> None:
        def render(*, width: int, colour: bool) -> str:
            page = Page(width, colour)
            page.add(Text(line, style="dim"))
            return page.text()

        print_page(render)

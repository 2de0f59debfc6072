"""What hosts of one learner share: grade a folder, and leave word whatever happens."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import Course, Exercise
from autograder.errors import GraderError
from autograder.language import N_, _
from autograder.reporters.feedback import Feedback, redact
from autograder.result import Gradebook, Report
from autograder.sandbox.choice import best_sandbox
from autograder.submission import Submission, own_submission
from autograder.worker.places import without_places

if TYPE_CHECKING:
    from autograder.grade import Grader

UNDER_WAY = N_("The run was ended before it was done: out of time or of memory. No result of it counts.")


@dataclass(frozen=True)
class Graded:
    """One learner's folder and what came of it; ``told`` is what the learner may see."""

    exercises: Sequence[Exercise]
    submission: Submission
    gradebook: Gradebook
    told: Gradebook

    @property
    def report(self) -> Report:
        """The one report."""
        return self.gradebook.submissions[0]


def grade_folder(
    course: Course,
    folder: Path,
    *,
    exercises: Sequence[Exercise],
    seed: int | None = None,
    feedback: Feedback = Feedback.FULL,
) -> Graded:
    """Grade one learner's folder, by the course's seed when None is given."""
    submission = own_submission(folder, course)  # first: that a folder is missing is said without torch
    with warm_grader(course, exercises=exercises, seed=seed) as grader:
        from autograder.grade import gradebook

        book = gradebook(grader, [grader.grade(submission)])
    told = tuple(redact(report, feedback) for report in book.submissions)
    return Graded(exercises, submission, book, book.model_copy(update={"submissions": told}))


@contextlib.contextmanager
def warm_grader(
    course: Course, *, exercises: Sequence[Exercise], seed: int | None, properties: Sequence[str] = ()
) -> Iterator[Grader]:
    """A grader of these exercises by this seed, the course's when None; its worker imports torch while we do."""
    budget = course.budget
    with contextlib.closing(best_sandbox(memory_mb=budget.memory_mb, seconds=budget.seconds)) as sandbox:
        sandbox.warm()
        from autograder.grade import Grader
        from autograder.grade.cache import PlanCache

        chosen = course.seed if seed is None else seed
        cache = PlanCache.of_user()
        with Grader(
            course, exercises=exercises, seed=chosen, properties=properties, sandbox=sandbox, cache=cache
        ) as grader:
            yield grader


@contextlib.contextmanager
def never_silent(say: Callable[[str], None]) -> Iterator[None]:
    """Have ``say`` write a result that is none, at once and again where the run fails.

    At once, because a host that loses patience kills without a word, and what it then finds must not be an older
    result, a half-written one or none.
    """
    say(_(UNDER_WAY))
    try:
        yield
    except KeyboardInterrupt:
        say(_("The run was interrupted."))
        raise
    except GraderError as error:
        say(without_places(str(error)))
        raise
    except Exception as error:
        fact = _("The grader failed, which is its own mistake and not the learner's: {error}")
        say(fact.format(error=without_places(f"{type(error).__name__}: {error}")))
        raise


def line_of(source: str, symbol: str) -> int | None:
    """The line where a symbol is defined; read as text, for the source may be no Python."""
    found = re.search(rf"^[ \t]*(?:async +)?(?:def|class) +{re.escape(symbol)}\b", source, re.MULTILINE)
    return None if found is None else source.count("\n", 0, found.start()) + 1

"""Submission times exercise times property gives a Report: seeds, budgets, search and lost workers are handled here.

``plan`` draws the cases and observes the references, once a run; ``session`` speaks to a worker and outlives its
loss; ``refusal`` says why there is nothing to observe; ``gate`` lets a run be left early; ``judging`` turns
observations into verdicts, with a minimal counterexample; ``grader`` puts them together. ``drive`` takes a class
through graders, wherever they are.
"""

from typing import TYPE_CHECKING

from autograder.grade.drive import Graded, Graders, grade_class, gradebook

if TYPE_CHECKING:
    from autograder.grade.grader import Grader

__all__ = ["Graded", "Grader", "Graders", "grade_class", "gradebook"]


def __getattr__(name: str) -> object:
    """``Grader``, on demand: it imports torch, which a process that only drives graders does without."""
    if name == "Grader":
        from autograder.grade.grader import Grader

        return Grader
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

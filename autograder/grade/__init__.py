"""Submission times exercise times property gives a Report: seeds, budgets, search and lost workers are handled here.

``plan`` draws the cases and observes the references, once a run; ``session`` speaks to a worker and outlives its
loss; ``judging`` turns observations into verdicts, with a minimal counterexample; ``grader`` puts them together.
"""

from autograder.grade.grader import Grader, grade_class, gradebook

__all__ = ["Grader", "grade_class", "gradebook"]

"""Submission times exercise times property gives a Report: seeds, budgets, search and lost workers are handled here.

``plan`` draws the cases and observes the references, once a run; ``session`` speaks to a worker and outlives its
loss; ``gate`` lets a run be left early; ``judging`` turns observations into verdicts, with a minimal counterexample;
``grader`` puts them together.
"""

from autograder.grade.grader import Graded, Grader, grade_class, gradebook

__all__ = ["Graded", "Grader", "grade_class", "gradebook"]

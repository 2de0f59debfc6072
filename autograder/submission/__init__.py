"""Submissions: who handed in what, read once and safely.

``source`` is text and names; ``files`` and ``archive`` list and read what lies in a folder or a zip; ``notebook`` (with
``cells`` and ``scope``) cuts one exercise out of a notebook or a script; ``naming`` says what a file's name means,
``reading`` reads the file, and ``gather`` decides which source belongs to which exercise (``stub``: whether it was
begun); ``find`` finds the learners, and ``level`` whether it was a class that was named. Nothing here runs a learner's
code, and whatever is wrong with a submission ends as words in it, never as an exception.
"""

from autograder.submission.cells import Cell
from autograder.submission.find import ClassFolder, find_submissions, notebook_submission, own_submission
from autograder.submission.gather import Submission
from autograder.submission.notebook import MAX_CODE, read_cells
from autograder.submission.source import CellLine, Source

__all__ = [
    "MAX_CODE",
    "Cell",
    "CellLine",
    "ClassFolder",
    "Source",
    "Submission",
    "find_submissions",
    "notebook_submission",
    "own_submission",
    "read_cells",
]

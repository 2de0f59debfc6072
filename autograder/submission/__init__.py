"""Submissions: who handed in what, read once and safely.

``source`` is text and names; ``files`` and ``archive`` list and read what lies in a folder or a zip;
``notebook`` (with ``scope``) cuts one exercise out of a notebook; ``gather`` decides which source belongs to
which exercise; ``find`` finds the learners. Nothing here runs a learner's code, and whatever is wrong with a
submission ends as words in it, never as an exception.
"""

from autograder.submission.find import ClassFolder, find_submissions, notebook_submission, own_submission
from autograder.submission.gather import Submission
from autograder.submission.notebook import MAX_CODE, read_cells
from autograder.submission.source import CellLine, Source

__all__ = [
    "MAX_CODE",
    "CellLine",
    "ClassFolder",
    "Source",
    "Submission",
    "find_submissions",
    "notebook_submission",
    "own_submission",
    "read_cells",
]

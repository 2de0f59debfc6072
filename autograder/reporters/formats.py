"""Which gradebooks a class can be handed to."""

from enum import StrEnum


class Format(StrEnum):
    """Whose columns a CSV file has."""

    PLAIN = "plain"
    NBGRADER = "nbgrader"
    CANVAS = "canvas"
    MOODLE = "moodle"

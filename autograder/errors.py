"""Exceptions that end a command, by whose mistake they are.

None of these is ever scored as a learner's zero: what a submission does wrong is a verdict, not an exception.
"""


class GraderError(Exception):
    """The kit could not do its work; the message states the fact with its values, then the remedy."""


class UsageError(GraderError):
    """A command was called with something that cannot work, such as a folder that does not exist."""


class CourseError(UsageError):
    """course.yaml is not a valid course; the message names file, line and the nearest known word."""


class SubmissionError(GraderError):
    """One exercise of a submission could not be read; it becomes that exercise's verdict, with this message."""


class SandboxError(GraderError):
    """A worker could not be started or spoken to for a reason that is not the submission's."""


class OutputError(GraderError):
    """A file could not be written midway, such as on a full disk; what was written before is whole."""


class RunStopped(GraderError):
    """A class run ended midway; what was done is kept, and the message says how much that is."""


class Interrupted(RunStopped):
    """Somebody ended it, with Ctrl-C or a signal."""

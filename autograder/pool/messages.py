"""What is said to a grader process and what it answers: a line of JSON each."""

from __future__ import annotations

import hashlib
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from autograder.course import Course
from autograder.errors import UsageError
from autograder.kit import Installation
from autograder.language import _, chosen
from autograder.result import Report, RunInfo
from autograder.submission import Submission


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")

    def line(self) -> bytes:
        """The message as it is sent; JSON has no newline within."""
        return self.model_dump_json().encode() + b"\n"


class Order(_Message):
    """The first message: what is graded by, wherever it is graded. No file of this machine is needed there."""

    course: bytes
    course_name: str
    exercises: tuple[str, ...]
    seed: int
    language: str
    installation: Installation

    @classmethod
    def of(cls, course: Course, exercises: tuple[str, ...], seed: int) -> Order:
        """An order in the language of this process; UsageError where the course file is another one by now."""
        data = course.path.read_bytes()
        if hashlib.sha256(data).hexdigest() != course.sha256:
            raise UsageError(_("{path} has just been changed; grade again").format(path=course.path))
        return cls(
            course=data,
            course_name=course.path.name,
            exercises=exercises,
            seed=seed,
            language=chosen(),
            installation=Installation.here(),
        )


class Task(_Message):
    """A submission to grade; or, with a fault, one that could not be and gets a report that says so."""

    submission: Submission
    fault: str | None = None


class Ready(_Message):
    """The answer to an order."""

    kind: Literal["ready"] = "ready"
    run: RunInfo


class Done(_Message):
    """The answer to a task."""

    kind: Literal["done"] = "done"
    report: Report
    seconds: float


class Failed(_Message):
    """The last answer of a process that cannot grade: an exception of `autograder.errors`, by its name and words."""

    kind: Literal["failed"] = "failed"
    error: str
    message: str


class Answer(_Message):
    """Any of these, to be told apart by its kind."""

    answer: Ready | Done | Failed = Field(discriminator="kind")

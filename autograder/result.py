"""What grading yields: verdicts, mismatches, reports, and the versioned JSON form of them.

These models are both the values that the layers above pass along and the schema of ``results.json``. They hold facts
only: nothing here renders, and nothing here depends on the time or the machine except ``Gradebook.timings``.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION: Literal[1] = 1

Points = Annotated[float, Field(ge=0)]


class Verdict(StrEnum):
    """How a property or an exercise ended."""

    PASS = "pass"  # noqa: S105  # no password
    FAIL = "fail"
    FLAKY = "flaky"
    TIMEOUT = "timeout"
    CRASH = "crash"
    FORBIDDEN = "forbidden"
    UNIMPLEMENTED = "unimplemented"
    MISSING = "missing"
    SKIPPED = "skipped"
    UNDECIDED = "undecided"
    ERROR = "error"


class Tier(StrEnum):
    """Core is what any right formula keeps; stretch is what only careful work keeps."""

    CORE = "core"
    STRETCH = "stretch"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Mismatch(_Model):
    """Why one case breaks a property: what differs, and both sides of it.

    ``aspect`` is the thing that differs: ``value``, ``gradient``, ``shape``, ``dtype``, ``device``, ``exception``, …
    ``of_gradient`` says that only lines which differentiate show it; ``element`` is the position of the first wrong
    number, counted through the tensor, where numbers were compared; ``error`` is what was raised, in
    the words of Python and torch, and ``line`` the learner's line that raised it.
    """

    aspect: str
    message: str
    actual: str
    expected: str
    difference: str | None = None
    of_gradient: bool = False
    element: int | None = None
    error: str | None = None
    line: int | None = None


class Counterexample(_Model):
    """A minimal failing case as lines a learner can paste, with both results and the command to see it again.

    ``printed`` is the beginning of the learner's own output in that call, by the word of the learner's process.
    """

    call: str
    actual: str
    expected: str
    difference: str | None = None
    printed: str | None = None
    replay: str


class Violation(_Model):
    """One place where a submission breaks a rule. ``line`` is None where only the running code showed it."""

    line: int | None
    call: str
    message: str


class PropertyResult(_Model):
    """One property of one exercise."""

    name: str
    tier: Tier
    title: str
    why: str
    verdict: Verdict
    score: Points
    max_score: Points
    cases: int = Field(ge=0)
    message: str | None = None
    counterexample: Counterexample | None = None


class ExerciseResult(_Model):
    """One exercise of one submission; always lists every property of the exercise."""

    name: str
    unit: str
    file: str
    verdict: Verdict
    score: Points
    max_score: Points
    message: str | None = None
    hint: str | None = None
    diagnosis: str | None = None
    violations: tuple[Violation, ...] = ()
    properties: tuple[PropertyResult, ...] = ()


class Report(_Model):
    """Everything graded of one learner's submission; always lists every exercise asked for."""

    learner: str
    sha256: str
    score: Points
    max_score: Points
    exercises: tuple[ExerciseResult, ...]
    notes: tuple[str, ...] = ()


class CourseInfo(_Model):
    """Which course was graded."""

    name: str
    sha256: str


class SandboxInfo(_Model):
    """How the submission was kept apart from the grader."""

    level: Literal["full", "partial", "none"]
    layers: dict[str, str]


class RunInfo(_Model):
    """What a rerun needs to give the same bytes."""

    seed: int
    kit: str
    torch: str
    python: str
    hypothesis: str
    sandbox: SandboxInfo
    device: str
    language: str = "en"


class NotGraded(_Model):
    """An entry of the class folder that is no learner's work, and why: what is not graded is said."""

    entry: str
    reason: str


class Gradebook(_Model):
    """All reports of a run, sorted by learner. ``timings`` alone differs between two runs of the same thing."""

    schema_version: Literal[1] = SCHEMA_VERSION
    course: CourseInfo
    run: RunInfo
    not_graded: tuple[NotGraded, ...] = ()
    submissions: tuple[Report, ...]
    timings: dict[str, float] = {}

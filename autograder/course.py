"""course.yaml -> Course: the only place that reads YAML. What comes out is complete, frozen and checked."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from keyword import iskeyword
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from autograder.course_yaml import Location, parse_yaml
from autograder.errors import CourseError, UsageError
from autograder.language import _

FILE_NAME = "course.yaml"
FORMAT_VERSION = 1
MAX_BYTES = 256 * 1024

_MEANING: dict[str, str] = {}  # filled while this module loads: what a pattern wants, in words


def _text(pattern: str, meaning: str) -> Any:  # noqa: ANN401 - pydantic's own field description
    _MEANING[pattern] = meaning
    return Field(pattern=pattern, description=meaning)


Name = Annotated[str, _text(r"^[a-z][a-z0-9_]*$", "lower-case letters, digits and '_', a letter first")]
File = Annotated[str, _text(r"^[a-z][a-z0-9_]*\.py$", "a bare file name such as sigmoid.py; the folder is the unit")]
Symbol = Annotated[str, _text(r"^[A-Za-z][A-Za-z0-9_]*$", "the name of a function or class, such as sigmoid")]
PropertyName = Annotated[str, _text(r"^[a-z]+([-+][a-z]+)*$", "lower-case words joined by '-' or '+'")]
BlockName = Annotated[str, _text(r"^[A-Za-z]\w*(\.[A-Za-z]\w*)*$", "a dotted name such as torch.logsumexp")]
Reference = Annotated[
    str,
    _text(
        r"^(torch\.nn\.[A-Z][A-Za-z0-9]*|[a-z][a-z0-9_]*)$",
        "torch.nn.NAME, or the name of a reference of the kit",
    ),
]
Words = Annotated[str, _text(r"\S", "some text, not blanks alone")]
Weight = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
Points = Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]
Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Family = Literal["activation", "classification", "regression"]
Visibility = Literal["visible", "hidden", "after_due_date", "after_published"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class RulePolicy(_Model):
    """How far raw tensor operations are insisted on."""

    enabled: bool = Field(default=True, description="false runs a submission unread: only the sandbox stands")
    autograd_function: bool = Field(default=True, description="allows torch.autograd.Function")
    allow: frozenset[BlockName] = Field(default=frozenset(), description="allowed beyond the kit's own list")
    deny: frozenset[BlockName] = Field(default=frozenset(), description="on the kit's list, but refused here")

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if both := sorted(self.allow & self.deny):
            raise ValueError(f"allow and deny both name {', '.join(both)}; keep one of them")
        return self

    def narrowed_by(self, own: "RulePolicy") -> "RulePolicy":
        """The policy of one exercise: what it says itself stands, the course's policy fills the rest."""
        said = {name: getattr(own, name) for name in own.model_fields_set & {"enabled", "autograd_function"}}
        allow, deny = (self.allow - own.deny) | own.allow, (self.deny - own.allow) | own.deny
        return self.model_copy(update={**said, "allow": allow, "deny": deny})


class Budget(_Model):
    """How much is tried, and what one message to a worker may cost."""

    cases: int = Field(default=100, ge=1, le=10_000, description="cases of an activation's ordinary family")
    pairs: int = Field(default=12, ge=1, le=10_000, description="pairs of input and target of a regression loss")
    option_cases: int = Field(default=4, ge=1, le=10_000, description="cases of one set of cross entropy options")
    search_calls: int = Field(default=200, ge=0, le=100_000, description="calls that shrinking one failure may make")
    seconds: float = Field(default=10.0, gt=0, le=3600, description="wall clock of one message to the worker")
    memory_mb: int = Field(default=1024, ge=128, le=1_048_576, description="memory of a worker")


class Tiers(_Model):
    """How an exercise's points are split, in per cent."""

    core: Percent = 75.0
    stretch: Percent = 25.0

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.core + self.stretch != 100:
            raise ValueError(f"core={self.core:g} + stretch={self.stretch:g} is not 100; change one of them")
        return self


class Gradescope(_Model):
    """When Gradescope shows learners the test of a property."""

    visibility: Visibility = "visible"
    properties: Mapping[PropertyName, Visibility] = Field(default={}, description="visibility by property")

    def of(self, name: str) -> Visibility:
        """The visibility of a property."""
        return self.properties.get(name, self.visibility)


class Exercise(_Model):
    """One thing to write: where it lives, what it is judged against, and what it is worth.

    In the file, ``properties`` and ``rules`` say what differs from the family and the course; in a ``Course``
    they are complete.
    """

    name: Name
    unit: Name
    file: File
    symbol: Symbol
    kind: Literal["function", "module"]
    reference: Reference
    family: Family
    points: Points
    hints: tuple[Words, ...] = Field(min_length=1)
    properties: Mapping[PropertyName, Weight] = Field(default={}, description="weight by property; 0 removes it")
    rules: RulePolicy = RulePolicy()

    @model_validator(mode="after")
    def _importable(self) -> Self:
        for word in (self.symbol, self.unit, self.file.removesuffix(".py")):
            if iskeyword(word):
                raise ValueError(f"{word} is a keyword of Python and cannot be imported; choose another name")
        return self

    @property
    def path(self) -> str:
        """The exercise's file inside a submission."""
        return f"{self.unit}/{self.file}"


class CourseFile(_Model):
    """What course.yaml may say; the committed JSON Schema is made of this."""

    format_version: Literal[1]
    name: Words
    seed: int = Field(ge=0, lt=2**32, description="draws the cases: the same seed, the same cases")
    points: Points
    tiers: Tiers = Tiers()
    budget: Budget = Budget()
    rules: RulePolicy = RulePolicy()
    gradescope: Gradescope = Gradescope()
    families: Mapping[Family, Mapping[PropertyName, Weight]] = Field(
        description="weights of the properties that every exercise of a family is judged by"
    )
    exercises: tuple[Exercise, ...] = Field(min_length=1, description="in teaching order")


@dataclass(frozen=True)
class Course:
    """A checked course; for errors found later, ``tree`` is what the file says, and ``lines`` says where."""

    format_version: Literal[1]
    name: str
    seed: int
    points: float
    tiers: Tiers
    budget: Budget
    exercises: tuple[Exercise, ...]
    sha256: str
    path: Path
    gradescope: Gradescope = field(default_factory=Gradescope)
    lines: Mapping[Location, int] = field(default_factory=dict, repr=False, compare=False)
    tree: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def exercise(self, name: str) -> Exercise:
        """The exercise of that name."""
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        raise UsageError(unknown(f"exercise={name}", name, [exercise.name for exercise in self.exercises]))

    def select(self, names: Sequence[str]) -> tuple[Exercise, ...]:
        """The exercises of those names in course order; all of them when no name is given."""
        wanted = {self.exercise(name).name for name in names}
        return tuple(exercise for exercise in self.exercises if not wanted or exercise.name in wanted)

    def require_properties(self, known: Collection[str]) -> None:
        """Raise where the file names a property that no file of properties/ defines."""
        for location, line in self.lines.items():
            name = str(location[-1]) if len(location) > 2 else ""
            in_family = len(location) == 3 and location[0] == "families"
            if (in_family or location[-2:-1] == ("properties",)) and name not in known:
                raise CourseError(f"{self.path.name}:{line}: {unknown(f'property={name}', name, known)}")


def find_course(start: Path | None = None) -> Path:
    """The nearest course.yaml in ``start`` (the working directory when None) or a folder above it."""
    start = (start or Path()).absolute()
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    fact = _("no {file} in start={folder} or a folder above it").format(file=FILE_NAME, folder=start)
    raise UsageError(fact + _("; go to the course's folder, or name a file with --course PATH"))


def load_course(path: Path) -> Course:
    """Read and check a course file; every mistake in it is a CourseError with its line."""
    return parse_course(path, _read(path))


def parse_course(path: Path, data: bytes) -> Course:
    """The course in the bytes of a file, which need not be on this machine."""
    tree, lines = parse_yaml(path.name, data)
    version = tree.get("format_version") if isinstance(tree, dict) else None
    if type(version) is int and version > FORMAT_VERSION:
        fact = f"format_version={version} is newer than this kit's ({FORMAT_VERSION}); upgrade the kit"
        raise CourseError(f"{path.name}:{lines[('format_version',)]}: {fact}")
    try:
        # As JSON: there a list is a tuple or a set even in strict mode, which Python input would refuse.
        file = CourseFile.model_validate_json(json.dumps(tree))
    except ValidationError as problem:
        errors = _causes(problem.errors(include_url=False))
        found = sorted((_line_of(lines, error["loc"]), _explain(error)) for error in errors)
        raise CourseError("\n".join(f"{path.name}:{line}: {fact}" for line, fact in found)) from None
    for location, fact in _contradictions(file):
        raise CourseError(f"{path.name}:{_line_of(lines, location)}: {fact}")
    return Course(
        format_version=file.format_version,
        name=file.name,
        seed=file.seed,
        points=file.points,
        tiers=file.tiers,
        budget=file.budget,
        exercises=tuple(_complete(file, exercise) for exercise in file.exercises),
        sha256=hashlib.sha256(data).hexdigest(),
        path=path,
        gradescope=file.gradescope,
        lines=lines,
        tree=tree,
    )


def _complete(file: CourseFile, exercise: Exercise) -> Exercise:
    weights = {**file.families.get(exercise.family, {}), **exercise.properties}
    kept = {name: weight for name, weight in weights.items() if weight > 0}
    return exercise.model_copy(update={"properties": kept, "rules": file.rules.narrowed_by(exercise.rules)})


def _contradictions(file: CourseFile) -> Iterator[tuple[Location, str]]:
    """What no value is wrong about by itself, but the file as a whole is."""
    for key, values in (
        ("name", [e.name for e in file.exercises]),
        ("file", [e.path for e in file.exercises]),
    ):
        for number, value in enumerate(values):
            if value in values[:number]:
                yield ("exercises", number, key), f"{key}={value} is an earlier exercise's; choose another"
    for number, exercise in enumerate(file.exercises):
        if not _complete(file, exercise).properties:
            fact = f"exercise={exercise.name} has no property with a weight above 0"
            yield ("exercises", number), f"{fact}; list some under families: {exercise.family}:"
    total = sum(exercise.points for exercise in file.exercises)
    if abs(total - file.points) > 1e-9:
        yield ("points",), f"points={file.points:g}, but those of the exercises add up to {total:g}; correct one"


def _read(path: Path) -> bytes:
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is no file" if path.exists() else "does not exist"
        raise CourseError(f"{path}: the course file {what}; name a {FILE_NAME} with --course PATH")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise CourseError(f"{path}: unreadable ({problem.strerror}); check its permissions") from None
    if len(data) > MAX_BYTES:
        raise CourseError(f"{path}: longer than {MAX_BYTES} bytes; a course file holds no data, move it out")
    return data


# --- pydantic's errors in our words ---

_MODELS: Mapping[str, type[_Model]] = {
    "exercises": Exercise,
    "budget": Budget,
    "tiers": Tiers,
    "rules": RulePolicy,
    "gradescope": Gradescope,
}


def _line_of(lines: Mapping[Location, int], location: Location) -> int:
    """The line of a value, or of the nearest thing around it where it is missing."""
    while location not in lines:
        location = location[:-1]
    return lines[location]


def _causes(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without what only follows: a misspelt key is also missing, and a list of wrong items is also empty."""
    unknown = {error["loc"][:-1] for error in errors if error["type"] == "extra_forbidden"}
    wrong = {error["loc"][:-1] for error in errors}
    return [
        error
        for error in errors
        if not (error["type"] == "missing" and error["loc"][:-1] in unknown)
        and not (error["type"] == "too_short" and error["loc"] in wrong)
    ]


def _explain(error: ErrorDetails) -> str:
    location, context, kind = error["loc"], error.get("ctx", {}), error["type"]
    where, word = _dotted(location), str(location[-1]) if location else ""
    fact = f"{where}={_shown(error['input'])}"
    if kind == "extra_forbidden":
        owners = [_MODELS[part] for part in location[:-1] if isinstance(part, str) and part in _MODELS]
        known = list((owners or [CourseFile])[-1].model_fields)
        return unknown(f"key={word} in {_dotted(location[:-1])}", word, known)
    if kind == "missing":
        return f"key={word} is missing in {_dotted(location[:-1])}; add it"
    if kind == "string_pattern_mismatch":
        return f"{fact} does not fit; write {_MEANING[context['pattern']]}"
    if kind == "literal_error":
        known = [part.strip("'") for part in context["expected"].replace(" or ", ", ").split(", ")]
        return unknown(fact, str(error["input"]), known)
    if kind == "too_short":
        return f"{where} is empty; list at least one"
    if kind == "value_error":
        return f"{where}: {context['error']}"
    asked = error["msg"].removeprefix("Input should ").replace("an object", "a mapping of keys to values")
    return f"{fact} should {asked}; correct it"


def _dotted(location: Location) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location if part != "[key]"]
    return "".join(parts).removeprefix(".") or "the file"


def unknown(fact: str, word: str, known: Collection[str]) -> str:
    """That a word is none of the known ones, with the nearest of them."""
    near = "".join(get_close_matches(word, known, n=1, cutoff=0.5))
    remedy = _("did you mean {near}? It can be {known}") if near else _("it can be {known}")
    return _("{name} is unknown; {remedy}").format(name=fact, remedy=remedy.format(near=near, known=", ".join(known)))


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."

"""What is told of a failure besides the fact: the learner's own line, what to do about it, and why it matters."""

from __future__ import annotations

from autograder.course import Exercise
from autograder.language import N_, _
from autograder.properties import Property
from autograder.remedies import Symptom, remedy
from autograder.result import Mismatch
from autograder.submission import Source

_LONGEST = 60  # characters of a line that is quoted

_FIRST = {
    "exception": N_("Nothing can be compared before the call returns."),
    "type": N_("Nothing can be compared before the call returns a tensor."),
    "shape": N_("Numbers are compared one by one: before that, there must be as many, in the same shape."),
    "nan": N_("Whatever is computed from a nan is nan, and training does not recover from it."),
    "inf": N_("The next step makes nan of an infinity, and training does not recover from it."),
}
# The properties whose own reason is about calls that raise, or about other shapes, than the numbers of plain cases.
_ABOUT = {
    "exception": frozenset(
        {"shape", "layout", "device", "dtype", "elementwise", "vectorised", "unbatched", "spatial", "weight"}
        | {"ignore-index", "label-smoothing", "probabilities", "weight+ignore-index", "one-class", "bad-reduction"}
        | {"weight+label-smoothing+ignore-index", "probabilities+weight+label-smoothing", "empty-batch", "out-of-range"}
    ),
    "type": frozenset({"device"}),
    "shape": frozenset({"device", "unbatched", "spatial"}),
}
_OF_NUMBERS = frozenset({"values", "gradients", "second-gradients"})  # whose reason is a formula that is a bit off


def reason(item: Property, mismatch: Mismatch) -> str:
    """``A formula that is off by a little is off everywhere`` explains no NameError."""
    aspect = mismatch.aspect
    fits = item.name in _ABOUT[aspect] if aspect in _ABOUT else item.name not in _OF_NUMBERS
    return _(item.why) if fits or aspect not in _FIRST else _(_FIRST[aspect])


def completed(mismatch: Mismatch, exercise: Exercise, source: Source) -> str:
    """The message of a mismatch, with the learner's line that raised and what to do about it."""
    message = located(mismatch, source)
    if mismatch.line is not None:
        message = with_code(message, source, mismatch.line)
    if mismatch.error is not None:
        return with_remedy(message, exercise, source, Symptom(mismatch.error, mismatch.line))
    if mismatch.aspect == "type":
        return with_remedy(message, exercise, source, Symptom(f"returns {mismatch.actual}"))
    return message


def located(mismatch: Mismatch, source: Source) -> str:
    """The message of a mismatch, with the place that raised."""
    if mismatch.line is None:
        return mismatch.message
    return mismatch.message + _(" in {place}").format(place=source.where(mismatch.line))


def with_remedy(fact: str, exercise: Exercise, source: Source, symptom: Symptom) -> str:
    """A fact, and what to do about it where that is known; with the place, where the fact has none."""
    found = remedy(exercise, source.text, symptom)
    if found is None:
        return fact
    told = found.sentence
    if found.line is not None and found.line != symptom.line:
        told = _("{statement}: {fact}").format(statement=place(source, found.line), fact=told)
    if fact.endswith(("?", "？")):
        return f"{fact} {told}"
    return _("{fact}; {remedy}").format(fact=fact, remedy=told)


def place(source: Source, line: int) -> str:
    """A line of the learner's, in words and as it stands there."""
    return with_code(source.where(line), source, line)


def with_code(fact: str, source: Source, line: int) -> str:
    """A fact and the line that it is about, as it stands there; the fact alone where that is empty."""
    code = source.line(line)
    code = code if len(code) <= _LONGEST else f"{code[: _LONGEST - 1]}…"
    if not code:
        return fact
    return f"{fact} `{code}`" if fact.endswith("?") else fact + _(", `{code}`").format(code=code)

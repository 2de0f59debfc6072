"""results.json: the gradebook as text and back; the same gradebook gives the same bytes."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from autograder.errors import UsageError
from autograder.language import N_, _
from autograder.result import SCHEMA_VERSION, Gradebook, Report

_NO_SUBMISSIONS = '"submissions": []'
_REMEDY = N_("grade again to write a new one")


def render(gradebook: Gradebook) -> str:
    """The text of results.json: submissions by learner, keys in the order of the schema."""
    return "".join(stream(gradebook, sorted(gradebook.submissions, key=lambda report: report.learner)))


def stream(gradebook: Gradebook, reports: Iterable[Report]) -> Iterator[str]:
    """The same text in parts, for a class that is too large for memory: ``reports`` stand for the gradebook's own."""
    data = gradebook.model_copy(update={"submissions": ()}).model_dump(mode="json")
    data["timings"] = dict(sorted(data["timings"].items()))
    layers = data["run"]["sandbox"]["layers"]
    data["run"]["sandbox"]["layers"] = dict(sorted(layers.items()))
    before, after = dump(data, indent=2).split(_NO_SUBMISSIONS, 1)  # found once: in a string its quotes are escaped
    yield f'{before}"submissions": ['
    separator = ""
    for report in reports:
        text = _harmless(report.model_dump_json(indent=2))  # the bytes of `dump`, ten times faster
        yield f"{separator}\n    " + text.replace("\n", "\n    ")  # in a string it is escaped
        separator = ","
    yield ("\n  ]" if separator else "]") + f"{after}\n"


def dump(data: Any, indent: int | None = None) -> str:  # noqa: ANN401 - whatever a JSON text can hold
    """JSON that is harmless to show."""
    return _harmless(json.dumps(data, indent=indent, ensure_ascii=False, allow_nan=False))


def _harmless(text: str) -> str:
    """JSON lets DEL and the C1 controls stand, and a terminal obeys them."""
    return re.sub("[\x7f-\x9f]", lambda found: f"\\u{ord(found[0]):04x}", text)


def parse(text: str) -> Gradebook:
    """The gradebook in the text of results.json; UsageError where it is damaged or of an unknown schema."""
    try:
        data = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        fact = _("results.json is damaged: {error}; {remedy}")
        raise UsageError(fact.format(error=error, remedy=_(_REMEDY))) from None
    _check_version(data)
    try:
        return Gradebook.model_validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        fact = _("results.json is damaged at {place}: {error}; {remedy}")
        raise UsageError(fact.format(place=where, error=first["msg"], remedy=_(_REMEDY))) from None


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _check_version(data: Any) -> None:  # noqa: ANN401 - whatever a JSON text can hold
    version = data.get("schema_version") if isinstance(data, dict) else None
    if type(version) is not int:
        fact = _("results.json holds no gradebook: schema_version={version}; {remedy}")
        raise UsageError(fact.format(version=repr(version), remedy=_(_REMEDY)))
    if version > SCHEMA_VERSION:
        fact = _(
            "results.json was written by a newer version of the kit: schema_version={version}, "
            "this one reads {known}; update the kit"
        )
        raise UsageError(fact.format(version=version, known=SCHEMA_VERSION))
    if version != SCHEMA_VERSION:
        fact = _("results.json has the unknown schema_version={version}; {remedy}")
        raise UsageError(fact.format(version=version, remedy=_(_REMEDY)))

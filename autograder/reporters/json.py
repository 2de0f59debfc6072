"""results.json: the gradebook as text and back; the same gradebook gives the same bytes."""

import json
import re
from typing import Any

from pydantic import ValidationError

from autograder.errors import UsageError
from autograder.result import SCHEMA_VERSION, Gradebook

_REMEDY = "grade again to write a new one"


def render(gradebook: Gradebook) -> str:
    """The text of results.json: submissions by learner, keys in the order of the schema."""
    data = gradebook.model_dump(mode="json")
    data["submissions"].sort(key=lambda submission: submission["learner"])
    data["timings"] = dict(sorted(data["timings"].items()))
    layers = data["run"]["sandbox"]["layers"]
    data["run"]["sandbox"]["layers"] = dict(sorted(layers.items()))
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
    # JSON lets DEL and the C1 controls stand, and a terminal that shows the file obeys them.
    return re.sub("[\x7f-\x9f]", lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def parse(text: str) -> Gradebook:
    """The gradebook in the text of results.json; UsageError where it is damaged or of an unknown schema."""
    try:
        data = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"results.json is damaged: {error}; {_REMEDY}") from None
    _check_version(data)
    try:
        return Gradebook.model_validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"results.json is damaged at {where}: {first['msg']}; {_REMEDY}") from None


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _check_version(data: Any) -> None:  # noqa: ANN401 - whatever a JSON text can hold
    version = data.get("schema_version") if isinstance(data, dict) else None
    if type(version) is not int:
        raise UsageError(f"results.json holds no gradebook: schema_version={version!r}; {_REMEDY}")
    if version > SCHEMA_VERSION:
        raise UsageError(
            f"results.json was written by a newer version of the kit: schema_version={version}, "
            f"this one reads {SCHEMA_VERSION}; update the kit"
        )
    if version != SCHEMA_VERSION:
        raise UsageError(f"results.json has the unknown schema_version={version}; {_REMEDY}")

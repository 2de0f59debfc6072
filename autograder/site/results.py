"""results.json read one learner at a time: that of a class of thousands does not fit into memory."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pydantic import ValidationError

from autograder.errors import UsageError
from autograder.language import N_, _
from autograder.reporters.json import parse
from autograder.result import Gradebook, Report

_SUBMISSIONS = re.compile(r'"submissions"\s*:\s*\[')  # in a string of the file its quotes are escaped
_BETWEEN = " \t\r\n,"
_REMEDY = N_("grade again to write a new one")


class Results(NamedTuple):
    """A gradebook without its reports, and the reports, which can be gone through once."""

    gradebook: Gradebook
    reports: Iterator[Report]


def read(parts: Iterable[str]) -> Results:
    """The gradebook in the text of results.json; UsageError where it is damaged, at the latest where the damage is.

    Args:
        parts: the text in pieces of whatever size.

    """
    rest = iter(parts)
    text = ""
    for part in rest:
        text += part
        if found := _SUBMISSIONS.search(text):
            head = text[: found.end()]
            with contextlib.suppress(UsageError):  # somebody has sorted the keys, or the file is damaged
                return Results(parse(f"{head}]}}"), _reports(head, text[found.end() :], rest))
            text += "".join(rest)
    book = parse(text)
    return Results(book.model_copy(update={"submissions": ()}), iter(book.submissions))


def _reports(head: str, text: str, rest: Iterator[str]) -> Iterator[Report]:
    decoder = json.JSONDecoder()
    number = 0
    while True:
        text = text.lstrip(_BETWEEN)
        if text.startswith("]"):
            parse(head + text + "".join(rest))
            return
        try:
            _value, end = decoder.raw_decode(text)
        except (ValueError, RecursionError) as error:  # ends amid a report, as a rule
            more = next(rest, None)
            if more is None:
                fact = _("results.json is damaged: {error}; {remedy}")
                raise UsageError(fact.format(error=error, remedy=_(_REMEDY))) from None
            text += more
            continue
        yield _report(text[:end], number)
        text, number = text[end:], number + 1


def _report(text: str, number: int) -> Report:
    try:
        return Report.model_validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in ("submissions", number, *first["loc"]))
        fact = _("results.json is damaged at {place}: {error}; {remedy}")
        raise UsageError(fact.format(place=where, error=first["msg"], remedy=_(_REMEDY))) from None

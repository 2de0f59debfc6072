"""The templates filled in. Whatever is put into a page is escaped; what is not is made here, from no learner's text."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from autograder.language import _, chosen, ngettext
from autograder.pictures.curve import Blank, Picture
from autograder.reporters.page import MARKS
from autograder.reporters.text import behaviour, clip, faulty, plain, points, word
from autograder.result import Gradebook, PropertyResult, Report, Tier, Verdict
from autograder.site.summary import Cell, ClassSummary

OURS = Markup('<!doctype html>\n<meta name="generator" content="torch-autograder">')
"""How every page begins."""

_STEPS = 10  # shades of the heatmap


def class_page(book: Gradebook, summary: ClassSummary) -> str:
    """The page of the class."""
    return page("class.html", book=book, summary=summary)


def learner_page(book: Gradebook, report: Report, pictures: Mapping[str, Picture | Blank]) -> str:
    """The page of a learner.

    Args:
        book: the gradebook that the report is from.
        report: the learner's.
        pictures: by exercise, where there are any.

    """
    ids = {name: f"picture-{number}" for number, name in enumerate(pictures)}
    drawn = {name: _inline(item, ids[name]) for name, item in pictures.items() if isinstance(item, Picture)}
    return _template("learner.html").render(
        book=book, report=report, pictures=pictures, drawn=drawn, ids=ids, script=None, policy=_policy(None)
    )


def page(template: str, **values: object) -> str:
    """A page of another template, with the script of all."""
    script = _file("site.js")
    return _template(template).render(script=script, policy=_policy(script), **values)


def _inline(picture: Picture, prefix: str) -> Markup:
    from autograder.site.pictures import inline  # and with it matplotlib, which pages without pictures do without

    return inline(picture, prefix)


def _template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("autograder.site"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        ours=OURS, css=_file("site.css"), marks={verdict: mark for verdict, (mark, _colour) in MARKS.items()},
        _=_, ngettext=ngettext, language=_language, Verdict=Verdict, Tier=Tier, faulty=faulty,
    )  # fmt: skip
    environment.filters.update(
        behaviour=behaviour, points=points, word=word, clip=clip, shade=_shade, percent=_percent, parted=_parted
    )
    return environment


def _harmless(value: object) -> object:
    """Without control characters and those that reorder text; our own markup as it is."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _file(name: str) -> Markup:
    return Markup(files("autograder.site").joinpath("templates", name).read_text(encoding="utf-8"))  # noqa: S704  # ours


def _policy(script: Markup | None) -> str:
    """What a browser may do with a page: show it, with this style and this script and nothing else from anywhere."""
    allowed = "'none'" if script is None else _hashed(script)
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {_hashed(_file('site.css'))}",
            f"script-src {allowed}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _language() -> str:
    """The language in use as HTML names it."""
    return chosen().replace("_", "-")


def _shade(cell: Cell) -> str:
    """The class of a cell's shade."""
    return "none" if cell.rate is None else f"s{int(cell.rate * _STEPS)}"


def _percent(rate: float | None) -> str:
    """A share as people read it; never 100 where one is missing, nor 0 where there is one."""
    if rate is None:
        return "–"
    return f"{min(max(round(100 * rate), 1), 99) if 0 < rate < 1 else round(100 * rate)}"


class _Parted(NamedTuple):
    """The properties of an exercise: those with something to say, the others, and how many these are in words."""

    told: list[PropertyResult]
    rest: list[PropertyResult]
    tally: str


def _parted(results: Iterable[PropertyResult]) -> _Parted:
    told: list[PropertyResult] = []
    rest: list[PropertyResult] = []
    for result in results:
        (told if result.message or result.counterexample else rest).append(result)
    verdicts = [result.verdict for result in rest]
    counted = [f"{verdicts.count(verdict)} {word(verdict)}" for verdict in Verdict if verdict in verdicts]
    said = ngettext("{n} more property: {verdicts}", "{n} more properties: {verdicts}", len(rest))
    if not told:
        said = ngettext("{n} property: {verdicts}", "{n} properties: {verdicts}", len(rest))
    return _Parted(told, rest, said.format(n=len(rest), verdicts=", ".join(counted)))

"""Bring the catalogues up to date with what the kit says: ``make messages``; for translators, with Babel.

Writes autograder.pot, what there is to translate; adds it to each language's autograder.po, which a person completes;
and compiles that to the autograder.mo that the kit reads. Ends 1 where a sentence has no translation.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from typer.main import get_command

from autograder.cli import app
from autograder.course import Course, load_course
from autograder.language import DOMAIN, ENGLISH, LANGUAGES, LOCALE, use_language
from autograder.learner.screens import paragraphs
from autograder.options import help_texts
from autograder.properties import load_properties
from autograder.torch_names import load_names

PACKAGE = LOCALE.parent
COURSE = PACKAGE.parent / "course.yaml"
_METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.jinja", "jinja2")]
_KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
_DATE = datetime(2026, 1, 1, tzinfo=UTC)  # Babel writes one; the same words are to give the same bytes

Id = str | tuple[str, ...] | list[str]


class Sentence(NamedTuple):
    """What there is to translate, and where it comes from."""

    id: Id
    place: str


def sentences() -> Iterator[Sentence]:
    """Everything that the kit says to people: what the sources mark, and what they look up as it comes."""
    use_language(ENGLISH)  # the help and the exercises below are looked up as they are collected
    for place, _line, message, _comments, _context in extract_from_dir(PACKAGE, _METHODS, keywords=_KEYWORDS):
        yield Sentence(message, f"autograder/{Path(place).as_posix()}")
    for item in load_properties().values():
        yield from (Sentence(text, item.judge.__module__.replace(".", "/") + ".py") for text in (item.title, item.why))
    yield from _of_course(load_course(COURSE))
    names = load_names()
    refused = [entry for space in names.spaces.values() for entry in space.values()]
    for text in {text for entry in refused for text in (entry.why, entry.instead)} - {""}:
        yield Sentence(text, "autograder/data/torch_names.toml")
    for thing, attribute in help_texts(get_command(app)):
        yield Sentence(getattr(thing, attribute), "autograder --help")


def _of_course(course: Course) -> Iterator[Sentence]:
    """What the course says: its name, hints, and what each exercise asks for."""
    yield Sentence(course.name, COURSE.name)
    for exercise in course.exercises:
        yield from (Sentence(hint, COURSE.name) for hint in exercise.hints)
        place = f"solutions/{exercise.path}"
        tree = ast.parse((COURSE.parent / place).read_text(encoding="utf-8"))
        named = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        documented = [tree, *(node for node in named if node.name == exercise.symbol)]
        for docstring in map(ast.get_docstring, documented):
            yield from (
                Sentence(text, place) for text in paragraphs(docstring or "") if text.strip() and text[0] != " "
            )


def template() -> Catalog:
    """The sentences as a catalogue without translations."""
    catalog = Catalog(domain=DOMAIN, project="torch-autograder", creation_date=_DATE, fuzzy=False)
    catalog.header_comment = "# What the autograder says to people. Written by `make messages`; do not edit."
    for sentence in sentences():
        catalog.add(sentence.id, locations=[(sentence.place, 0)])
    return catalog


def pot_text() -> bytes:
    """The text of autograder.pot."""
    return _text(template())


def compiled(catalog: Catalog) -> bytes:
    """What the kit reads of a catalogue."""
    data = BytesIO()
    write_mo(data, catalog)
    return data.getvalue()


def po_path(language: str) -> Path:
    """Where a language's translations are."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: str) -> Catalog:
    """A language's translations as they are."""
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def incomplete(catalog: Catalog) -> list[Id]:
    """The sentences without a translation, or with one that nobody has looked at since the English changed."""
    return [message.id for message in catalog if message.id and (message.fuzzy or not _translated(message.string))]


def _translated(string: Id | None) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def _text(catalog: Catalog) -> bytes:
    catalog.creation_date = catalog.revision_date = _DATE
    data = BytesIO()
    write_po(data, catalog, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False)
    return data.getvalue()


def main() -> int:
    """Update what is committed; returns the exit status."""
    (LOCALE / f"{DOMAIN}.pot").write_bytes(pot_text())
    missing = 0
    for language in set(LANGUAGES) - {ENGLISH}:
        catalog = read(language)
        catalog.update(template(), no_fuzzy_matching=True)
        po_path(language).write_bytes(_text(catalog))
        po_path(language).with_suffix(".mo").write_bytes(compiled(read(language)))
        for sentence in incomplete(catalog):
            print(f"{language}: no translation: {sentence!r}", file=sys.stderr)
            missing += 1
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())

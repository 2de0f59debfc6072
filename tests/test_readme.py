"""The README and the pages beside it say what the kit does, and lead to one another."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from autograder.result import Verdict
from tests.bank import ROOT, course, load_bank

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "AGENTS.md", "exercises/AGENTS.md")]
PAGES += sorted((ROOT / "docs").glob("*.md"))


def table(page: str, first_column: str) -> list[list[str]]:
    """The rows of a page's table whose head begins with that word, without code marks."""
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith(f"| {first_column} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
    return rows


def test_exercises() -> None:
    expected = [[e.unit, e.name, e.symbol, e.reference, f"{e.points:g}"] for e in course().exercises]
    assert table("docs/learners.md", "unit") == expected


def test_verdicts() -> None:
    assert [row[0] for row in table("docs/instructors.md", "verdict")] == [verdict.value for verdict in Verdict]


def test_size_of_the_bank() -> None:
    promised = re.search(r"bank of more than (\d+)", TEXT)
    assert promised is not None
    assert len(load_bank("right", "wrong", "cheat")) > int(promised[1])


def test_the_two_commands_come_first() -> None:
    first_screen = "\n".join(TEXT.splitlines()[:13])
    assert 0 < first_screen.index("make grade") < first_screen.index("make test")


def test_the_readme_is_read_in_minutes() -> None:
    assert len(re.findall(r"\w+", re.sub(r"\(.*?\)|```.*?```", "", TEXT, flags=re.DOTALL))) < 500


def test_the_picture_is_what_is_printed() -> None:
    """``python docs/screen_picture.py`` draws it anew."""
    script = runpy.run_path(str(ROOT / "docs" / "screen_picture.py"))
    assert script["drawn"]() == script["PICTURE"].read_text(encoding="utf-8")


COMMANDS = {
    word for page in PAGES for word in re.findall(r"^\$ autograder (\w+)", page.read_text(encoding="utf-8"), re.M)
}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_commands_exist(command: str) -> None:
    from autograder.cli import app

    commands = {item.name or (item.callback.__name__ if item.callback else "") for item in app.registered_commands}
    assert command in commands | {group.name for group in app.registered_groups}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_named_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:docs|tests|autograder|benchmarks)/[\w./]*)`", text):
        assert (ROOT / name).exists(), name
    for link in re.findall(r"\]\(([^):#]+)\)", text):
        assert (page.parent / link).exists(), link

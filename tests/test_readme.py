"""The README says what the kit does."""

from __future__ import annotations

import re

import pytest

from autograder.result import Verdict
from tests.bank import ROOT, course, load_bank

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def table(first_column: str) -> list[list[str]]:
    """The rows of the table whose head begins with that word, without code marks."""
    lines = TEXT.splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith(f"| {first_column} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
    return rows


def test_exercises() -> None:
    expected = [[e.unit, e.name, e.symbol, e.reference, f"{e.points:g}"] for e in course().exercises]
    assert table("unit") == expected


def test_verdicts() -> None:
    assert [row[0] for row in table("verdict")] == [verdict.value for verdict in Verdict]


def test_size_of_the_bank() -> None:
    promised = re.search(r"bank of more than (\d+)", TEXT)
    assert promised is not None
    assert len(load_bank("right", "wrong", "cheat")) > int(promised[1])


def test_the_two_commands_come_first() -> None:
    first_screen = "\n".join(TEXT.splitlines()[:16])
    assert 0 < first_screen.index("make grade") < first_screen.index("make test")


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^\$ autograder (\w+)", TEXT, re.MULTILINE))))
def test_commands_exist(command: str) -> None:
    from autograder.cli import app

    assert command in {
        item.name or (item.callback.__name__ if item.callback else "") for item in app.registered_commands
    }


def test_files_named_exist() -> None:
    for name in re.findall(r"`((?:docs|tests|autograder)/[\w./]*)`", TEXT):
        assert (ROOT / name).exists(), name

"""Terminals that lack our signs: plain ones, told apart, and no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.reporters.page import MARKS
from autograder.signs import plain_signs
from tests.learning import RIGHT_RELU, learners_copy


def encoded(text: str, coding: str = "ascii") -> str:
    return text.encode(coding, plain_signs()).decode(coding)


def test_marks_stay_apart() -> None:
    plain = [encoded(mark) for mark, _style in MARKS.values()]
    assert all(len(mark) == 1 for mark in plain)
    assert len(set(plain)) == len(plain)


def test_what_a_code_page_has_is_kept() -> None:
    assert encoded("✓ · » … é", "cp1252") == "+ · » … é"
    assert encoded("✓ é 好", "ascii") == "+ ? ?"
    assert encoded("┌─┐│⠀⣿", "ascii") == "+-+| *"


def test_other_errors_are_no_signs() -> None:
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", plain_signs())


@pytest.mark.parametrize("coding", ["ascii", "cp1252"])
@pytest.mark.parametrize(
    "command", [["check", "relu"], ["list"], ["plot", "relu"], ["hint", "relu"]], ids=lambda c: c[0]
)
def test_a_real_terminal_of_old(coding: str, command: list[str], tmp_path: Path) -> None:
    learners_copy(tmp_path)
    (tmp_path / "exercises/activations/relu.py").write_text(RIGHT_RELU, encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": coding, "AUTOGRADER_LANG": "en"}
    words = [sys.executable, "-m", "autograder", *command]
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode(coding)
    if command[0] == "check":
        assert done.stdout.startswith(b"+ relu")

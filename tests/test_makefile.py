"""The Makefile: what `make setup` says, by a Python that only notes what it is asked for; groups of tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.bank import ROOT

PYTHON = """#!/bin/sh
echo "$@" >> "$LOG"
if [ "$1 $2" = "-m venv" ]; then mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; fi
if [ "$WARNING" ]; then
    case "$PYTHONWARNINGS" in *ignore*) ;; *) case "$*" in *editable*) echo 'UserWarning: careful' >&2 ;; esac ;; esac
fi
case "$*" in *"$FAILS"*) exit "${STATUS:-0}" ;; esac
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `make` looks at, and a Python that notes what it is asked for."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    python = tmp_path / "python3.11"
    python.write_text(PYTHON, encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    for name in ("MAKEFLAGS", "MAKELEVEL", "PYTHONWARNINGS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["make", *words, f"PYTHON={folder / 'python3.11'}"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)


NEXT = "Everything is installed. Next: source .venv/bin/activate && autograder start"


def test_setup_says_what_it_does_and_what_comes_next(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARNING", "1")
    done = make(checkout, "setup")
    first, *steps, last = done.stdout.splitlines()
    assert first.startswith("Installing into .venv, for some minutes: 0.5 GB to download")
    assert [step[:8] for step in steps] == ["1 of 3: ", "2 of 3: ", "3 of 3: "]
    assert last == NEXT
    assert (done.returncode, done.stderr) == (0, "")


def test_torch_is_installed_before_all_else(checkout: Path) -> None:
    make(checkout, "setup")
    asked = (checkout / "log").read_text(encoding="utf-8").splitlines()
    assert [line.split()[-1] for line in asked[1:]] == [".venv", "pip==26.3", "torch", ".[dev]"]
    assert all("--constraint constraints.txt" in line for line in asked[3:])


def test_a_second_setup_does_nothing_and_says_what_comes_next(checkout: Path) -> None:
    make(checkout, "setup")
    (checkout / "log").unlink()
    done = make(checkout, "setup")
    assert (done.stdout, done.returncode) == (f"{NEXT}\n", 0)
    assert not (checkout / "log").exists()


def test_other_targets_install_too_but_go_on_by_themselves(checkout: Path) -> None:
    said = make(checkout, "check", "--dry-run").stdout
    assert "2 of 3: torch" in said
    assert "ruff check" in said
    assert NEXT not in said


@pytest.mark.parametrize("step", ["venv", "torch", "editable"])
def test_a_step_that_fails_is_not_taken_for_done(step: str, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAILS", step)
    monkeypatch.setenv("STATUS", "1")
    for _ in range(2):
        done = make(checkout, "setup")
        assert done.returncode != 0
        assert NEXT not in done.stdout


@pytest.mark.xdist_group("together")
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="there are no groups without pytest-xdist")
def test_tests_of_a_group_share_a_process(request: pytest.FixtureRequest) -> None:
    """pytest-xdist 3.8.0 groups by a suffix of the node id, which pytest 9.2.0 no longer lets it set."""
    assert request.node.nodeid.endswith("@together")

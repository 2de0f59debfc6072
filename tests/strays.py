"""What learners leave beside their answers: one kind a stray, none of which may cost a point."""

import io
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.bank import ROOT

DRAFT = "import torch\n\n\ndef relu(x):\n    return torch.abs(x)\n\n\ndef sigmoid(x):\n    return x\n"
ANSWERS = {
    path.relative_to(ROOT / "solutions").as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "solutions").rglob("*.py"))
}
"""Right answers by the course's paths."""


def put(path: Path, content: str | bytes) -> Path:
    """Write a file, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def packed(members: Mapping[str, str | bytes]) -> bytes:
    """A zip."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def notebook(*cells: str, outputs: list[dict[str, Any]] | None = None) -> bytes:
    """A notebook of code cells, the last of which has shown something."""
    listed: list[dict[str, Any]] = [
        {"id": f"c{n}", "cell_type": "code", "metadata": {}, "source": text, "execution_count": None, "outputs": []}
        for n, text in enumerate(cells)
    ]
    listed[-1]["outputs"] = outputs or []
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": listed}).encode()


def hand_in(folder: Path, answers: Mapping[str, str] = ANSWERS) -> None:
    """Put answers where the course wants them."""
    for path, text in answers.items():
        put(folder / path, text)


def _file(name: str, content: str | bytes = "x = 1\n") -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        put(folder / name, content)

    return make


def _kit(folder: Path) -> None:
    """What a clone of the kit holds besides the learner's answers."""
    for name in ("course.yaml", "pyproject.toml", "autograder/rules.py", "tests/bank.py", "tests/test_course.py"):
        put(folder / name, (ROOT / name).read_bytes())
    hand_in(folder / "solutions", {path: f"{text}# the instructor's\n" for path, text in ANSWERS.items()})
    hand_in(folder / "tests/sample_class/textbook", dict.fromkeys(ANSWERS, DRAFT))
    put(folder / "tests/submissions/right/relu/where.py", DRAFT)
    put(folder / "nbgrader/source/activations/relu.ipynb", notebook(DRAFT))
    put(folder / "docs/relu.py", DRAFT)


def _many(folder: Path) -> None:
    data = folder / "data"
    data.mkdir()
    for number in range(10_001):
        (data / f"{number}.png").touch()


def _folder(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).mkdir(parents=True)


def _link(name: str, to: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).symlink_to(to)


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe.py")


_OLD = dict.fromkeys(ANSWERS, DRAFT)
_STUBS = {f"kit-main/exercises/{path}": (ROOT / "exercises" / path).read_bytes() for path in ANSWERS}
STRAYS: Mapping[str, Callable[[Path], None]] = {
    "a trial": _file("scratch.py", DRAFT),
    "a trial in the unit's folder": _file("exercises/activations/scratch.py", DRAFT),
    "a set-up script": _file("setup.py", "from setuptools import setup\nsetup()\n"),
    "own tests": _file("tests/x.py", "from relu import relu\n\n\ndef test_relu(): pass\n"),
    "a notebook": _file("notes.ipynb", notebook(DRAFT)),
    "a broken notebook": _file("notes.ipynb", b"{"),
    "a notebook of pictures": _file(
        "notes.ipynb",
        notebook(DRAFT, outputs=[{"output_type": "display_data", "data": {"image/png": "A" * 6_000_000}}]),
    ),
    "a zip of old answers": _file("old.zip", packed(_OLD)),
    "a zip of the stubs": _file("kit.zip", packed(_STUBS)),
    "a zip in a zip": _file("all.zip", packed({"old.zip": packed(_OLD)})),
    "a broken zip": _file("work.zip", b"PK"),
    "another archive": _file("work.rar", b"Rar!"),
    "the kit": _kit,
    "the solutions": lambda folder: hand_in(folder / "solutions", _OLD),
    "an older state": lambda folder: hand_in(folder / "old", _OLD),
    "a backup": lambda folder: hand_in(folder / "backup/exercises", _OLD),
    "flat copies": lambda folder: hand_in(folder, {path.split("/")[1]: DRAFT for path in ANSWERS}),
    "a second download": _file("exercises/activations/relu (1).py", DRAFT),
    "a second upload": _file("exercises/activations/relu-1.py", DRAFT),
    "other letters": _file("exercises/activations/RELU.py", DRAFT),
    "units in other letters": _file("exercises/Activations/relu.py", DRAFT),
    "a text file": _file("exercises/activations/relu.py.txt", DRAFT),
    "a name before": _file("exercises/activations/my_relu.py", DRAFT),
    "a misspelt copy": _file("exercises/activations/sigmod.py", DRAFT),
    "the wrong unit": _file("exercises/losses/relu.py", DRAFT),
    "all in one file": _file("homework.py", DRAFT),
    "a script in latin-1": _file("conftest.py", "# \xe9\nrelu = 1\n".encode("latin-1")),
    "no Python": _file("scratch.py", "def relu(x:\n"),
    "NULs": _file("scratch.py", b"relu = 1\0"),
    "a folder named as a file": _folder("scratch.py"),
    "an empty folder": _folder("images"),
    "a deep folder": _folder("/".join("d" * 12)),
    "a folder of data": _many,
    "a link to nothing": _link("gone.py", "nowhere.py"),
    "a link to itself": _link("loop.py", "loop.py"),
    "a link out": _link("outside", "/"),
    "a pipe": _pipe,
    "a repository": _file(".git/activations/relu.py", DRAFT),
    "bytecode": _file("exercises/activations/__pycache__/relu.cpython-311.pyc", b"\0"),
    "checkpoints": _file(".ipynb_checkpoints/relu.py", DRAFT),
    "an environment": _file("env/lib/python3.11/site-packages/activations/relu.py", DRAFT),
    "what a Mac packs": _file("__MACOSX/exercises/activations/._relu.py", b"\0"),
    "what Windows leaves": _file("exercises/Thumbs.db", b"\0"),
    "a readme": _file("README.md", "# My work\n"),
    "a report": _file("report.pdf", b"%PDF-1.7"),
    "an essay": _file("essay.docx", packed({"word/document.xml": "<w/>"})),
}

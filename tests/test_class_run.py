"""A whole class through the real command: the same bytes however it is run, and no input that breaks it."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.result import Verdict
from tests.bank import ROOT

SAMPLE = ROOT / "tests" / "sample_class"
RIGHT = "import torch\n\n\ndef relu(x):\n    return torch.where(x <= 0, torch.zeros_like(x), x)\n"


def grade(folder: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autograder", "grade", str(folder), "--out", str(out), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)


def results(out: Path) -> dict[str, Any]:
    book: dict[str, Any] = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return book


@pytest.mark.slow
def test_same_bytes_whatever_jobs_and_company(tmp_path: Path) -> None:
    """Everybody, two at a time; the same, one at a time; and one learner alone: only the timings differ."""
    learners = ["textbook", "nearly", "notebook", "syntax-error", "forbidden"]
    together, alone = tmp_path / "together", tmp_path / "alone"
    for learner in learners:
        shutil.copytree(SAMPLE / learner, together / learner)
    shutil.copytree(SAMPLE / "nearly", alone / "nearly")
    options = ("--exercise", "sigmoid", "--exercise", "relu", "--exercise", "cross_entropy", "--seed", "3")
    books: list[dict[str, Any]] = []
    for folder, jobs in ((together, "2"), (together, "1"), (alone, "1")):
        out = tmp_path / f"out-{len(books)}"
        assert grade(folder, out, "--jobs", jobs, *options).returncode == 1
        book = results(out)
        assert set(book.pop("timings")) == {report["learner"] for report in book["submissions"]}
        books.append(book)
    assert json.dumps(books[0]) == json.dumps(books[1])
    mine = [report for report in books[0]["submissions"] if report["learner"] == "nearly"]
    assert json.dumps(mine) == json.dumps(books[2]["submissions"])
    assert {key: books[0][key] for key in ("course", "run")} == {key: books[2][key] for key in ("course", "run")}


def packed(names: dict[str, str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in names.items():
            archive.writestr(name, text)
    return data.getvalue()


def _write(name: str, data: bytes) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        folder.mkdir()
        (folder / name).write_bytes(data)

    return make


def _two_files(folder: Path) -> None:
    for name, text in (("first", RIGHT), ("second", RIGHT + "# another\n")):
        (folder / name / "activations").mkdir(parents=True)
        (folder / name / "activations" / "relu.py").write_text(text, encoding="utf-8")


def _link_out(folder: Path) -> None:
    folder.mkdir()
    secret = folder.parent.parent / "somebody-elses.py"
    secret.write_text(RIGHT, encoding="utf-8")
    (folder / "relu.py").symlink_to(secret)


def _fifo(folder: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / "relu.py")


BAD_INPUT: dict[str, Callable[[Path], None]] = {
    "binary": _write("relu.py", bytes(range(256)) * 16),
    "broken-notebook": _write("work.ipynb", b'{"cells": [{"cell_type": "code"'),
    "broken-zip": _write("work.zip", b"PK\x03\x04 and then nothing"),
    "deep": _write("relu.py", b"x = " + b"(" * 20_000 + b")" * 20_000 + b"\n"),
    "empty-file": _write("relu.py", b""),
    "fifo": _fifo,
    "fifty-megabytes": _write("relu.py", b"#" * (50 << 20)),
    "latin-1": _write("relu.py", RIGHT.encode() + "# é\n".encode("latin-1")),
    "link-out": _link_out,
    "nothing": Path.mkdir,
    "nul": _write("relu.py", RIGHT.encode() + b"\0"),
    "two-files": _two_files,
    "zip-out": _write("work.zip", packed({"../relu.py": RIGHT, "../../activations/relu.py": RIGHT})),
}


@pytest.fixture(scope="module")
def bad_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class whose every learner handed in something broken, but for one."""
    folder = tmp_path_factory.mktemp("bad") / "class"
    folder.mkdir()
    for name, make in BAD_INPUT.items():
        make(folder / name)
    (folder / "honest").mkdir()
    (folder / "honest" / "relu.py").write_text(RIGHT, encoding="utf-8")
    return folder


def test_bad_input_is_a_verdict_never_a_traceback_never_a_lost_learner(bad_class: Path, tmp_path: Path) -> None:
    done = grade(bad_class, tmp_path / "out", "--exercise", "relu")
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    reports = {report["learner"]: report for report in results(tmp_path / "out")["submissions"]}
    assert set(reports) == {*BAD_INPUT, "honest"}
    assert reports.pop("honest")["score"] == 10
    for learner, report in reports.items():
        exercise = report["exercises"][0]
        assert exercise["verdict"] in {Verdict.MISSING, Verdict.CRASH}, learner
        assert exercise["score"] == 0, learner
        assert exercise["message"], learner
        assert len(exercise["properties"]) == 20, learner


@pytest.mark.parametrize("kind", ["missing", "empty", "a file"])
def test_a_class_folder_that_is_none_is_a_usage_error(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "class"
    if kind == "empty":
        folder.mkdir()
    elif kind == "a file":
        folder.write_text("", encoding="utf-8")
    done = grade(folder, tmp_path / "out")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert str(folder) in done.stderr
    assert not (tmp_path / "out").exists()

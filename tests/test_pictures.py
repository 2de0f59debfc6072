"""Pictures: what is seen in the sandbox, what is never run, what is marked, and how it is put on paper."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest

from autograder.errors import UsageError
from autograder.frontends import pages
from autograder.pictures import draw, text
from autograder.pictures.curve import Apart, Blank, Curve, Picture, Point
from autograder.pictures.layout import panel
from autograder.pictures.observe import Pictures
from autograder.result import Verdict
from autograder.sandbox import WorkerLost
from autograder.submission import Source, Submission
from tests.bank import ROOT, course
from tests.inprocess import InProcessSandbox, InProcessWorker

COURSE = course()
PICTURES = Pictures(COURSE, InProcessSandbox())
NAIVE = "import torch\ndef sigmoid(x):\n    return 1 / (1 + torch.exp(-x))\n"


def picture_of(source: str, exercise: str = "sigmoid", pictures: Pictures = PICTURES) -> Picture | Blank:
    chosen = COURSE.exercise(exercise)
    submission = Submission("ann", {exercise: Source(source, chosen.path)}, {}, (), "0" * 64)
    return pictures.of(chosen, submission)


def picture(source: str, exercise: str = "sigmoid") -> Picture:
    found = picture_of(source, exercise)
    assert isinstance(found, Picture), found
    return found


def blank(source: str, exercise: str = "sigmoid") -> Blank:
    """Why there is no picture of a source that must not be run: this sandbox has no worker."""
    found = picture_of(source, exercise, Pictures(COURSE, NoWorker()))
    assert isinstance(found, Blank), found
    return found


class NoWorker(InProcessSandbox):
    """Fails whoever runs something."""

    def worker(self) -> InProcessWorker:
        raise AssertionError("this source must not be run")


class Dying(InProcessWorker):
    """Loads a file, and is lost with the first call."""

    def ask(
        self, header: Mapping[str, Any], raw: bytes, *, seconds: float, max_raw: int
    ) -> tuple[dict[str, Any], bytes]:
        if header["op"] == "record":
            raise WorkerLost(Verdict.TIMEOUT, "it took too long")
        return super().ask(header, raw, seconds=seconds, max_raw=max_raw)


class DyingSandbox(InProcessSandbox):
    """Makes such workers."""

    def worker(self) -> InProcessWorker:
        return Dying()


# What is seen ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.name)
def test_a_right_answer_agrees_everywhere(exercise: Any) -> None:
    seen = picture((ROOT / "solutions" / exercise.path).read_text(encoding="utf-8"), exercise.name)
    assert seen.agrees, seen.caption()
    assert len(seen.values.points) == len(seen.gradients.points) > 200
    assert all(point.yours is not None for point in (*seen.values.points, *seen.gradients.points))
    assert seen.caption() == f"yours agrees with {exercise.reference} at all 217 points from x = -1000 to 1000"


def test_the_overflow_of_the_textbook_sigmoid_is_where_it_is() -> None:
    """1 / (1 + exp(-x)) has right values everywhere, and from x = -88.73 on a gradient of nan."""
    seen = picture(NAIVE)
    assert seen.values.divergence is None
    first = seen.gradients.divergence
    assert first is not None
    assert first.x == -89
    assert first.yours is not None
    assert math.isnan(first.yours)
    assert first.expected == pytest.approx(2.2274e-39, rel=1e-3)
    assert seen.gradients.differing == 11
    assert seen.caption() == (
        "gradient: first apart at x = -89, yours nan, expected 2.22736e-39 (11 of 217 points differ)"
    )


def test_the_gradient_at_the_kink_is_seen() -> None:
    seen = picture("import torch\ndef relu(x):\n    return torch.maximum(x, torch.zeros_like(x))\n", "relu")
    first = seen.gradients.divergence
    assert seen.values.divergence is None
    assert first is not None
    assert (first.x, first.yours, first.expected) == (0.0, 0.5, 0.0)
    assert seen.gradients.differing == 1


def test_a_loss_is_seen_along_one_element() -> None:
    """A mean over the batch's elements instead of its rows is a third of what is expected."""
    source = """import torch
def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    logs = input - input.exp().sum(1, keepdim=True).log()
    return -logs.gather(1, target[:, None]).sum() / input.numel()
"""
    seen = picture(source, "cross_entropy")
    assert seen.call == "cross_entropy([[1, x, 0], [0, 0.5, -1]], [1, 2])"
    first = seen.values.divergence
    assert first is not None
    assert first.x == 0
    assert first.yours == pytest.approx(first.expected / 3, rel=1e-5)
    assert seen.gradients.points[0].expected == pytest.approx(-0.5)  # one of two rows pulls x up


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        ("raise ValueError('no')", "it raises ValueError in line 3"),
        ("return x.sum()", "the output has shape (), expected (1,)"),
        ("return [x]", "it returns list, not a torch.Tensor"),
    ],
)
def test_no_number_anywhere_is_said_once(body: str, fact: str) -> None:
    seen = picture(f"import torch\ndef sigmoid(x):\n    {body}\n")
    assert {point.yours for point in (*seen.values.points, *seen.gradients.points)} == {None}
    assert seen.caption() == f"value and gradient: at x = 0 {fact} (217 of 217 points differ)"


def test_an_output_cut_off_from_its_input_has_no_gradient() -> None:
    seen = picture("import torch\ndef sigmoid(x):\n    return (1 / (1 + torch.exp(-x))).detach()\n")
    assert seen.values.divergence is None
    assert {point.yours for point in seen.gradients.points} == {None}
    assert "no gradient reaches the input" in seen.caption()


def test_a_worker_that_is_lost_leaves_no_number() -> None:
    seen = picture_of(NAIVE, pictures=Pictures(COURSE, DyingSandbox()))
    assert isinstance(seen, Picture)
    assert seen.caption() == "value and gradient: at x = 0 it took too long (217 of 217 points differ)"


# What is not run ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "verdict", "fact"),
    [
        ("def sigmoid(x):\n    raise NotImplementedError\n", Verdict.UNIMPLEMENTED, "not started yet"),
        ("def sigmoid(x:\n", Verdict.CRASH, "line 1 is not Python"),
        ("def sigmoid(x):\n    return " + "(" * 3000, Verdict.CRASH, ""),
    ],
)
def test_what_cannot_run_does_not(source: str, verdict: Verdict, fact: str) -> None:
    found = blank(source)
    assert found.verdict is verdict
    assert fact in found.message


def test_what_is_forbidden_has_no_picture() -> None:
    """Its calls are recorded, and never replayed on the slice's inputs."""
    found = picture_of("import torch\ndef sigmoid(x):\n    return torch.sigmoid(x)\n")
    assert found == Blank("sigmoid", Verdict.FORBIDDEN, "line 3: torch.sigmoid is not allowed here")


def test_what_is_not_there_has_no_picture() -> None:
    exercise = COURSE.exercise("sigmoid")
    nothing = Submission("ann", {}, {}, (), "0" * 64)
    assert PICTURES.of(exercise, nothing) == Blank("sigmoid", Verdict.MISSING, "there is no activations/sigmoid.py")
    unreadable = Submission("ann", {}, {"sigmoid": "two of them"}, (), "0" * 64)
    assert PICTURES.of(exercise, unreadable) == Blank("sigmoid", Verdict.MISSING, "two of them")


def test_a_file_that_cannot_be_loaded_says_why() -> None:
    found = picture_of("import torch\nlimit = 1 / 0\ndef sigmoid(x):\n    return x\n")
    assert found == Blank(
        "sigmoid",
        Verdict.CRASH,
        "the file cannot be loaded: ZeroDivisionError in line 2, `limit = 1 / 0`: division by zero",
    )


def test_not_started_through_a_helper_is_not_started() -> None:
    found = picture_of("def todo(x):\n    raise NotImplementedError\ndef sigmoid(x):\n    return todo(x)\n")
    assert found == Blank("sigmoid", Verdict.UNIMPLEMENTED, "not started yet")


# Where it goes --------------------------------------------------------------------------------------------------------


def line(**apart: float) -> Curve:
    """y = x at whole numbers; ``apart`` says by position what yours is instead."""
    points = []
    for x in range(-1000, 1001):
        yours = apart.get(f"at{x}".replace("-", "_"), float(x))
        differs = Apart(f"{yours:g}", f"{x}", "differs") if yours != x else None
        points.append(Point(float(x), float(x), yours, differs))
    return Curve(tuple(points))


@pytest.mark.parametrize(("where", "shown"), [(None, 10), (9, 10), (10, 30), (-57, 60), (-58, 120), (500, 1000)])
def test_a_panel_is_as_wide_as_its_mark_needs(where: int | None, shown: int) -> None:
    curve = line() if where is None else line(**{f"at{where}".replace("-", "_"): 0.5})
    placed = panel(curve)
    assert (placed.expected[0].x, placed.expected[-1].x) == (-shown, shown)
    assert (placed.mark is None) == (where is None)
    assert placed.mark is None or placed.mark.at.x == where


def test_the_first_divergence_is_the_nearest_to_zero() -> None:
    first = line(at_7=0.5, at5=math.nan, at900=1e9).divergence
    assert first is not None
    assert first.x == 5


def test_what_is_far_away_does_not_flatten_the_rest() -> None:
    placed = panel(line(at3=1e30, at_3=-math.inf))
    assert placed.high - placed.low < 30
    assert all(math.isnan(place.y) or -40 < place.y < 40 for place in placed.yours)
    assert placed.none == (-3.0,)


def test_ticks_are_few_and_round() -> None:
    for scale in (1e-9, 0.25, 1.0, 7.0, 4e5):
        points = tuple(Point(x / 10, scale * x, scale * x, None) for x in range(-100, 101))
        for ticks in (panel(Curve(points)).x_ticks, panel(Curve(points)).y_ticks):
            assert 3 <= len(ticks) <= 10
            assert all(len(tick.label) <= 7 for tick in ticks)


def test_a_constant_curve_has_a_height() -> None:
    placed = panel(Curve(tuple(Point(float(x), 2.0, 2.0, None) for x in range(-10, 11))))
    assert placed.low < 2 < placed.high


# On paper -------------------------------------------------------------------------------------------------------------


def test_the_same_picture_gives_the_same_bytes() -> None:
    """Whatever the user has set in matplotlib."""
    seen = picture(NAIVE)
    svg, png = draw.svg(seen), draw.png(seen)
    with mpl.rc_context({"xtick.major.size": 20, "font.size": 30, "svg.hashsalt": "mine"}):
        assert draw.svg(seen) == svg
        assert draw.png(seen) == png
        assert mpl.rcParams["font.size"] == 30
    assert png.startswith(b"\x89PNG\r\n\x1a\n")


def test_an_svg_says_what_it_shows() -> None:
    root = ET.fromstring(draw.svg(picture(NAIVE)))
    told = {"".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"sigmoid(x)", "torch.nn.Sigmoid", "yours", "x = -89", "yours nan", "expected 2.22736e-39"} <= told


def test_a_picture_in_a_terminal_keeps_to_its_width() -> None:
    seen = picture(NAIVE)
    for width in (60, 80):
        shown = text.render(seen, width=width, colour=False)
        drawing = shown.split("\n\n")[0].splitlines()
        assert max(map(len, drawing)) <= max(width, len(drawing[-1]))
        assert max(len(row) for row in drawing if row.rstrip().endswith(("┐", "│", "┘"))) == width
        assert "\x1b" not in shown
        assert shown.endswith("gradient: first apart at x = -89, yours nan, expected 2.22736e-39"
                              " (11 of 217 points differ)\n")  # fmt: skip
    assert "#" in shown
    assert "x: yours is no finite number" in shown
    assert "\x1b[" in text.render(seen, width=80, colour=True)


def test_a_legend_names_only_what_is_there() -> None:
    right = picture((ROOT / "solutions/activations/sigmoid.py").read_text(encoding="utf-8"))
    shown = text.render(right, width=80, colour=False)
    assert "first apart" not in shown
    assert "no finite number" not in shown


# The command ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_draws_what_the_sandbox_saw(tmp_path: Path) -> None:
    out = tmp_path / "sigmoid.svg"
    words = ["plot", "sigmoid", "--folder", "tests/sample_class/textbook", "--out", str(out)]
    done = subprocess.run(
        [sys.executable, "-m", "autograder", *words],
        cwd=ROOT, capture_output=True, encoding="utf-8", env=os.environ | {"COLUMNS": "90"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "⣀" in done.stdout
    assert "gradient: first apart at x = -89" in done.stdout
    assert done.stdout.endswith(f"wrote {out}\n")
    assert out.read_text(encoding="utf-8") == draw.svg(
        picture((ROOT / "tests/sample_class/textbook/activations/sigmoid.py").read_text(encoding="utf-8"))
    )


def test_where_the_characters_are_missing_there_are_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ascii:
        encoding = "ascii"

        def __init__(self, stream: Any) -> None:
            self.write, self.flush = stream.write, stream.flush

    monkeypatch.setattr(sys, "stdout", Ascii(sys.stdout))
    pages._show(picture(NAIVE))
    monkeypatch.undo()
    assert re.fullmatch(r"gradient: first apart at x = -89.*\n", capsys.readouterr().out)


def test_another_form_is_refused_before_anything_is_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--out=\S+x\.pdf is no form that is drawn; name it \.png or \.svg"):
        pages.plot("sigmoid", out=tmp_path / "x.pdf")

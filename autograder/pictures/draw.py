"""A picture as SVG or PNG, drawn by matplotlib; the same picture gives the same bytes.

The words in a drawing are names and numbers in every language: the font that matplotlib brings has no Chinese letters.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from autograder.pictures.curve import Picture
from autograder.pictures.layout import Panel, Place, panel

INK = "#1b1f24"
PAPER = "#ffffff"
_EXPECTED = "#9aa3ad"
_YOURS = "#3b82f6"
_APART = "#e5484d"
_INCHES = (5.8, 5.8)


def svg(picture: Picture) -> str:
    """The picture as an SVG file."""
    return _saved(picture, "svg").decode()


def png(picture: Picture) -> bytes:
    """The picture as a PNG file."""
    return _saved(picture, "png")


def _saved(picture: Picture, form: str) -> bytes:
    with _settings():
        figure = Figure(figsize=_INCHES, layout="constrained")
        top, bottom = figure.subplots(2, 1)
        _draw(top, panel(picture.values), picture.call)
        _draw(bottom, panel(picture.gradients), "gradient by x")
        bottom.set_xlabel("x")
        top.legend(*_legend(top, picture), loc="lower left", bbox_to_anchor=(0, 1.1), ncols=3, borderaxespad=0)
        written = io.BytesIO()
        metadata = {"Date": None, "Creator": None} if form == "svg" else {"Software": None}
        figure.savefig(written, format=form, dpi=150, metadata=metadata)
        return written.getvalue()


@contextmanager
def _settings() -> Iterator[None]:
    """Nothing of the user's own matplotlib settings, which would make other bytes."""
    ours: dict[Any, object] = {
        "svg.hashsalt": "autograder",
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans"],
        "font.size": 10,
        "text.color": INK,
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "axes.facecolor": "none",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": False,
        "xtick.color": INK,
        "ytick.color": INK,
        "figure.facecolor": PAPER,
        "legend.frameon": False,
    }
    with style.context("default", after_reset=True), mpl.rc_context(ours):
        yield


def _draw(axes: Axes, shown: Panel, title: str) -> None:
    axes.set_title(title, loc="left", family="monospace", fontsize=10)
    axes.grid(color=_EXPECTED, alpha=0.25, linewidth=0.6)
    _line(axes, shown.expected, color=_EXPECTED, linewidth=5, alpha=0.7, solid_capstyle="round")
    _line(axes, shown.yours, color=_YOURS, linewidth=1.8)
    axes.set_xticks([tick.at for tick in shown.x_ticks], [tick.label for tick in shown.x_ticks])
    axes.set_yticks([tick.at for tick in shown.y_ticks], [tick.label for tick in shown.y_ticks])
    axes.set_xlim(shown.expected[0].x, shown.expected[-1].x)
    axes.set_ylim(shown.low, shown.high)
    if shown.none:
        bottom = [shown.low + 0.03 * (shown.high - shown.low)] * len(shown.none)
        axes.plot(shown.none, bottom, linestyle="none", marker="x", markersize=4, color=_APART, label="none")
    if shown.mark is not None:
        _mark(axes, shown)


def _line(axes: Axes, places: tuple[Place, ...], **options: object) -> None:
    axes.plot([place.x for place in places], [place.y for place in places], **options)  # type: ignore[arg-type]


def _mark(axes: Axes, shown: Panel) -> None:
    """A ring at the first divergence, and its label on the side with more room."""
    assert shown.mark is not None  # noqa: S101  # the caller looked
    at, middle = shown.mark.at, (shown.low + shown.high) / 2
    right = at.x <= 0
    axes.plot([at.x], [at.y], marker="o", markersize=11, markerfacecolor="none", markeredgewidth=2, color=_APART)
    axes.annotate(
        shown.mark.text,
        (at.x, at.y),
        xytext=(16 if right else -16, -18 if at.y > middle else 18),
        textcoords="offset points",
        horizontalalignment="left" if right else "right",
        verticalalignment="top" if at.y > middle else "bottom",
        fontsize=9,
        color=INK,
        bbox={"boxstyle": "round,pad=0.4", "facecolor": PAPER, "edgecolor": _APART, "alpha": 0.92},
        arrowprops={"arrowstyle": "-", "color": _APART},
    )


def _legend(axes: Axes, picture: Picture) -> tuple[list[object], list[str]]:
    names = {_EXPECTED: picture.reference, _YOURS: "yours"}
    handles: list[object] = list(axes.lines[:2])
    labels = list(names.values())
    if any(point.yours is None or not math.isfinite(point.yours) for point in picture.values.points):
        handles.append(axes.lines[2])
        labels.append("no finite number")
    return handles, labels

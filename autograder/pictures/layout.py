"""Where the numbers of a curve go on any kind of paper: what part of it is shown, the ticks, and the mark.

Both axes are linear, so that a kink in a picture is one of the function; what is shown is as wide as it has to be for
the first divergence to be in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.pictures.curve import Curve, Point

_WIDTHS = (10.0, 30.0, 60.0, 120.0, 300.0)  # up to here on both sides of 0; else all there is
_EDGE = 0.95  # a mark is not put nearer to the edge
_MARGIN = 0.1


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, and what is written there."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Place:
    """A point of a line; ``y`` is nan where the line is broken."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the first divergence is, and the lines that say what differs."""

    at: Place
    text: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One curve ready to be drawn.

    Args:
        expected: the reference.
        yours: the learner's; what lies far above or below is put just outside of the panel.
        none: the ``x`` where the learner's gave no finite number.
        mark: the first divergence, if there is one.
        low: the bottom of the panel.
        high: its top.

    """

    expected: tuple[Place, ...]
    yours: tuple[Place, ...]
    none: tuple[float, ...]
    mark: Mark | None
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    low: float
    high: float


def panel(curve: Curve) -> Panel:
    """The panel of a curve."""
    width = _width(curve)
    points = [point for point in curve.points if abs(point.x) <= width]
    low, high = _limits([point.expected for point in points], map(_finite, points))
    far = high - low  # outside of the panel, but near enough to be drawn
    yours = (Place(point.x, _clamp(_finite(point), low - far, high + far)) for point in points)
    return Panel(
        expected=tuple(Place(point.x, point.expected) for point in points),
        yours=tuple(yours),
        none=tuple(point.x for point in points if math.isnan(_finite(point))),
        mark=_mark(curve.divergence, low, high),
        x_ticks=_ticks(points[0].x, points[-1].x),
        y_ticks=_ticks(low, high),
        low=low,
        high=high,
    )


def _width(curve: Curve) -> float:
    first = curve.divergence
    enough = (width for width in _WIDTHS if first is None or abs(first.x) <= _EDGE * width)
    return next(enough, math.inf)


def _mark(point: Point | None, low: float, high: float) -> Mark | None:
    if point is None or point.apart is None:
        return None
    y = _finite(point)
    numbers = [f"yours {point.apart.yours}", f"expected {point.apart.expected}"] if point.yours is not None else []
    text = "\n".join([f"x = {point.x:g}", *(numbers or ["yours: none"])])
    return Mark(Place(point.x, point.expected if math.isnan(y) else _clamp(y, low, high)), text)


def _finite(point: Point) -> float:
    """Yours, or nan where it is no finite number."""
    return point.yours if point.yours is not None and math.isfinite(point.yours) else math.nan


def _limits(expected: Sequence[float], yours: Iterable[float]) -> tuple[float, float]:
    """Bottom and top: all that is expected, and of yours what is not more than as much again away from it."""
    low, high = min(expected), max(expected)
    room = high - low or 1.0
    near = [y for y in yours if low - room <= y <= high + room]
    low, high = min([low, *near]), max([high, *near])
    margin = _MARGIN * (high - low or 1.0)
    return low - margin, high + margin


def _clamp(value: float, low: float, high: float) -> float:
    return value if math.isnan(value) else min(max(value, low), high)


def _ticks(low: float, high: float) -> tuple[Tick, ...]:
    """Four to eight round numbers."""
    rough = (high - low) / 6
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(step for factor in (1, 2, 2.5, 5, 10) if (step := factor * size) >= rough * 0.9)
    first, last = math.ceil(low / step), math.floor(high / step)
    return tuple(Tick(step * number, f"{step * number:g}") for number in range(first, last + 1))

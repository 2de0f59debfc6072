"""What a picture shows, as plain numbers: nothing here observes or draws."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.language import _
from autograder.result import Verdict


@dataclass(frozen=True, slots=True)
class Apart:
    """Why yours is not as it should be at a point: both numbers as text, and the fact in words."""

    yours: str
    expected: str
    message: str


@dataclass(frozen=True, slots=True)
class Point:
    """Yours beside expected at one ``x``; ``yours`` is None where no number came."""

    x: float
    expected: float
    yours: float | None
    apart: Apart | None


@dataclass(frozen=True, slots=True)
class Curve:
    """A function of ``x`` at rising values of it."""

    points: tuple[Point, ...]

    @property
    def differing(self) -> int:
        """At how many points yours is not as expected."""
        return sum(point.apart is not None for point in self.points)

    @property
    def divergence(self) -> Point | None:
        """The first point, going out from 0, where yours is not as expected."""
        apart = [point for point in self.points if point.apart is not None]
        return min(apart, key=lambda point: (abs(point.x), point.x < 0), default=None)


@dataclass(frozen=True, slots=True)
class Picture:
    """One exercise's function and gradient: a learner's beside the reference.

    Args:
        exercise: its name.
        reference: the name of what is expected, such as ``torch.nn.Sigmoid``.
        call: what was called, with ``x`` for what moves.
        values: the output.
        gradients: its derivative by ``x``.

    """

    exercise: str
    reference: str
    call: str
    values: Curve
    gradients: Curve

    @property
    def agrees(self) -> bool:
        """Whether there is no difference anywhere."""
        return self.values.divergence is None and self.gradients.divergence is None

    def caption(self) -> str:
        """What there is to see, in words."""
        value, gradient = self.values.divergence, self.gradients.divergence
        if self.agrees:
            points = self.values.points
            said = _("yours agrees with {reference} at all {count} points from x = {first:g} to {last:g}")
            first, last = points[0].x, points[-1].x
            return said.format(reference=self.reference, count=len(points), first=first, last=last)
        if _same_fact(value, gradient):
            return _told(_("value and gradient"), self.values)
        told = [(_("value"), self.values), (_("gradient"), self.gradients)]
        return "\n".join(_told(name, curve) for name, curve in told if curve.divergence is not None)


@dataclass(frozen=True, slots=True)
class Blank:
    """There is no picture, and why."""

    exercise: str
    verdict: Verdict
    message: str


def _same_fact(value: Point | None, gradient: Point | None) -> bool:
    """Whether both say the same, such as that the function raises."""
    return value is not None and gradient is not None and (value.x, value.apart) == (gradient.x, gradient.apart)


def _told(name: str, curve: Curve) -> str:
    point = curve.divergence
    if point is None or point.apart is None:
        return ""
    first = {"name": name, "x": point.x, "count": curve.differing, "total": len(curve.points)}
    if point.yours is None:
        said = _("{name}: at x = {x:g} {message} ({count} of {total} points differ)")
        return said.format(message=point.apart.message, **first)
    said = _("{name}: first apart at x = {x:g}, yours {yours}, expected {expected} ({count} of {total} points differ)")
    return said.format(yours=point.apart.yours, expected=point.apart.expected, **first)

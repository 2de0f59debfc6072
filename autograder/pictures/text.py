"""A picture as lines for a terminal, drawn by plotext."""

from __future__ import annotations

import math

import plotext

from autograder.language import _
from autograder.pictures.curve import Picture
from autograder.pictures.layout import Panel, Place, panel

LINE = "─⣀"
"""Some of the characters that a picture is drawn with."""

_LINES = 13  # of each of the two panels
_NARROWEST = 40
_WIDEST = 100


def render(picture: Picture, *, width: int, colour: bool) -> str:
    """Both panels one below the other, then what there is to see in words."""
    wide = min(max(width, _NARROWEST), _WIDEST)
    panels = [(picture.call, panel(picture.values)), (_("gradient by x"), panel(picture.gradients))]
    drawn = [_panel(title, shown, wide, colour) for title, shown in panels]
    return "\n".join(
        [*drawn, _legend(picture.reference, [shown for _title, shown in panels]), "", picture.caption(), ""]
    )


def _legend(reference: str, shown: list[Panel]) -> str:
    told = [_("line: {reference}").format(reference=reference), _("o: yours")]
    if any(item.none for item in shown):
        told.append(_("x: yours is no finite number"))
    if any(item.mark for item in shown):
        told.append(_("#: first apart"))
    return "   ".join(told)


def _panel(title: str, shown: Panel, width: int, colour: bool) -> str:
    plotext.clear_figure()  # it knows one figure, the module's own
    plotext.limit_size(False, False)  # else a terminal that is smaller, or none, decides
    plotext.plotsize(width, _LINES)
    plotext.theme("clear")
    plotext.xlim(shown.expected[0].x, shown.expected[-1].x)
    plotext.ylim(shown.low, shown.high)
    plotext.xticks([tick.at for tick in shown.x_ticks], [tick.label for tick in shown.x_ticks])
    plotext.yticks([tick.at for tick in shown.y_ticks], [tick.label for tick in shown.y_ticks])
    plotext.plot([place.x for place in shown.expected], [place.y for place in shown.expected], marker="braille")
    _scatter(_thinned(shown), "o", "blue")
    _scatter([Place(x, shown.low) for x in shown.none], "x", "red")
    if shown.mark is not None:
        _scatter([shown.mark.at], "#", "red")
    drawn = plotext.build()
    plain = drawn if colour else plotext.uncolorize(drawn)
    return "\n".join([title, *(line.rstrip() for line in plain.splitlines())])


def _scatter(places: list[Place], marker: str, colour: str) -> None:
    if places:
        xs, ys = [place.x for place in places], [place.y for place in places]
        plotext.scatter(xs, ys, marker=marker, color=colour)


def _thinned(shown: Panel) -> list[Place]:
    """Yours where it is in the panel, and where it agrees only here and there: the line would be hidden."""
    pairs = zip(shown.yours, shown.expected, strict=True)
    near = (shown.high - shown.low) / _LINES
    return [
        mine
        for number, (mine, right) in enumerate(pairs)
        if not math.isnan(mine.y)
        and shown.low <= mine.y <= shown.high
        and (number % 8 == 0 or abs(mine.y - right.y) > near)
    ]

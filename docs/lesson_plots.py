"""Draws the lessons' pictures: `python docs/lesson_plots.py` writes exercises/*/images/*.svg anew.

Slopes are what autograd gives, not formulas of ours. Labels are mathematics, so both languages share a picture, and
each colour stands out from a white page and from a dark one. The same matplotlib gives the same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

EXERCISES = Path(__file__).parent.parent / "exercises"
FUNCTION, SLOPE, PAPER = "#2b7de0", "#c8641e", "#7a7a7a"
STYLE: dict[RcKeyType, Any] = {
    "svg.hashsalt": "lessons",  # else the ids in a file are drawn at random
    "svg.fonttype": "path",  # as it looks here, whatever fonts the reader has
    "font.family": "DejaVu Sans",  # comes with matplotlib
    "font.size": 11,
    "mathtext.fontset": "dejavusans",
    "axes.edgecolor": PAPER,
    "axes.labelcolor": PAPER,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "grid.alpha": 0.35,
    "grid.color": PAPER,
    "grid.linewidth": 0.6,
    "legend.edgecolor": "none",
    "legend.facecolor": "none",
    "legend.labelcolor": PAPER,
    "lines.linewidth": 2.2,
    "text.color": PAPER,
    "xtick.color": PAPER,
    "ytick.color": PAPER,
}

Curve = Callable[[torch.Tensor], torch.Tensor]
Limits = tuple[float, float]


def slope(function: Curve, x: torch.Tensor) -> torch.Tensor:
    """The derivative of an elementwise function at each x, by autograd."""
    x = x.clone().requires_grad_()
    return torch.autograd.grad(function(x).sum(), x)[0]


def draw(axes: Axes, function: Curve, labels: tuple[str, str, str], x: Limits, y: Limits, *, cut: bool = False) -> None:
    """A function and its derivative on one pair of axes.

    Args:
        axes: where.
        function: elementwise.
        labels: of the x axis, the function and its derivative.
        x: from where to where.
        y: what is seen of it.
        cut: whether the derivative jumps at 0: then no line joins its two sides.

    """
    points = torch.linspace(*x, 401, dtype=torch.float64)
    parts = [points[points < 0], points[points > 0]] if cut else [points]
    name, of_function, of_slope = labels
    axes.plot(points.numpy(), function(points).numpy(), color=FUNCTION, label=of_function)
    for number, part in enumerate(parts):
        label = of_slope if number == 0 else "_"  # matplotlib leaves "_" out of the legend
        axes.plot(part.numpy(), slope(function, part).numpy(), color=SLOPE, linestyle=(0, (5, 2)), label=label)
    axes.set(xlim=x, ylim=y, xlabel=name)
    axes.grid(visible=True)
    axes.axhline(0, color=PAPER, linewidth=0.9)
    if x[0] < 0 < x[1]:
        axes.axvline(0, color=PAPER, linewidth=0.9)


def mark(axes: Axes, x: float, y: float, *, colour: str = SLOPE, hollow: bool = False) -> None:
    """A dot: full where the curve is, hollow where it only comes near."""
    face = "none" if hollow else colour
    axes.plot([x], [y], marker="o", markersize=6, color=colour, markerfacecolor=face, linestyle="none", zorder=5)


# --- activations ---


def sigmoid(figure: Figure) -> None:
    """Between 0 and 1; the slope is at most 1/4 and vanishes on both sides."""
    axes = figure.subplots()
    draw(axes, torch.sigmoid, ("$x$", r"$\sigma(x)$", r"$\sigma'(x)$"), (-8, 8), (-0.1, 1.1))
    mark(axes, 0, 0.25)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.legend(loc="upper left")


def relu(figure: Figure) -> None:
    """A kink at 0: the slope jumps from 0 to 1, and torch takes 0."""
    axes = figure.subplots()
    draw(axes, torch.relu, ("$x$", r"$\mathrm{relu}(x)$", r"$\mathrm{relu}'(x)$"), (-4, 4), (-0.4, 4), cut=True)
    mark(axes, 0, 0)
    mark(axes, 0, 1, hollow=True)
    axes.set_yticks([0, 1, 2, 3, 4])
    axes.legend(loc="upper left")


def tanh(figure: Figure) -> None:
    """Between -1 and 1, through the origin with slope 1."""
    axes = figure.subplots()
    draw(axes, torch.tanh, ("$x$", r"$\mathrm{tanh}(x)$", r"$\mathrm{tanh}'(x)$"), (-5, 5), (-1.15, 1.15))
    mark(axes, 0, 1)
    axes.set_yticks([-1, -0.5, 0, 0.5, 1])
    axes.legend(loc="upper left")


def custom_activation(figure: Figure) -> None:
    """Nearly relu from far away, smooth at 0, with a dip where the slope is 0."""
    axes = figure.subplots()
    labels = ("$x$", r"$x\,\sigma(x)$", r"$(x\,\sigma(x))'$")
    draw(axes, torch.nn.functional.silu, labels, (-8, 5), (-0.6, 3))
    lowest = torch.tensor(-1.278464542761074, dtype=torch.float64)  # where 1 + x · (1 - sigmoid(x)) = 0
    mark(axes, lowest.item(), torch.nn.functional.silu(lowest).item(), colour=FUNCTION)
    mark(axes, lowest.item(), 0)
    axes.legend(loc="upper left")


# --- losses ---


def cross_entropy(figure: Figure) -> None:
    """Against the right class's probability, and against its logit where a second class has logit 0."""
    left, right = figure.subplots(1, 2)
    labels = ("$p$", r"$-\log p$", r"$-1/p$")
    draw(left, lambda p: -torch.log(p), labels, (0.005, 1), (-6, 6))
    left.set_xticks([0, 0.25, 0.5, 0.75, 1])
    left.set_xlim(0, 1)
    left.legend(loc="lower right")
    labels = ("$z$", r"$-\log\,\sigma(z)$", r"$\sigma(z) - 1$")
    draw(right, lambda z: -torch.nn.functional.logsigmoid(z), labels, (-6, 6), (-1.5, 6))
    right.legend(loc="upper right")


def mse_loss(figure: Figure) -> None:
    """The square of one residual and the slope 2r: twice the error, twice the pull."""
    axes = figure.subplots()
    draw(axes, lambda r: r**2, ("$r$", "$r^2$", "$2r$"), (-2.5, 2.5), (-4, 6.25))
    mark(axes, 0, 0)
    axes.legend(loc="lower right")


def custom_loss(figure: Figure) -> None:
    """One output y for the target 1: the tenth of y moves the lowest point to 0.95."""
    axes = figure.subplots()
    labels = ("$y$", "$(y - 1)^2 + 0.1\\,y$", "$2(y - 1) + 0.1$")
    draw(axes, lambda y: (y - 1) ** 2 + 0.1 * y, labels, (0.5, 1.5), (-0.4, 0.5))
    axes.axvline(1, color=PAPER, linewidth=1.4, linestyle=":", label="$y = 1$")
    mark(axes, 0.95, 0.0975, colour=FUNCTION)
    mark(axes, 0.95, 0)
    axes.set_xticks([0.5, 0.75, 0.95, 1.25, 1.5])
    axes.legend(loc="lower right")


PICTURES = {
    "activations": (sigmoid, relu, tanh, custom_activation),
    "losses": (cross_entropy, mse_loss, custom_loss),
}


def write(root: Path, form: str = "svg") -> list[Path]:
    """Write every picture as ``<root>/<unit>/images/<exercise>.<form>``; their paths."""
    paths = []
    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # not what the user has in a matplotlibrc
        matplotlib.rcParams.update(STYLE)
        for unit, pictures in PICTURES.items():
            folder = root / unit / "images"
            folder.mkdir(parents=True, exist_ok=True)
            for picture in pictures:
                figure = Figure(figsize=(6.4, 3.4), layout="constrained")
                picture(figure)
                path = folder / f"{picture.__name__}.{form}"
                figure.savefig(path, metadata={"Date": None} if form == "svg" else None)
                paths.append(path)
    return paths


if __name__ == "__main__":
    for written in write(Path(sys.argv[1]) if len(sys.argv) > 1 else EXERCISES):
        print(f"wrote {written}")

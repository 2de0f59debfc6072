"""Mathematical laws that hold whatever the numbers are; judged on the learner's own results.

What `values` allows breaks no law: a form that is right to 1e-9 keeps its symmetry to twice that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from autograder.language import _
from autograder.properties.compare import first, numbers, output_of, pairs
from autograder.properties.registry import Check, property_check
from autograder.result import Mismatch


@property_check(
    "laws",
    reads="laws",
    title="The mathematical laws of the function hold",
    why="Range, monotony and symmetry are what the rest of a network relies on.",
)
def laws(check: Check) -> Mismatch | None:
    broken = first(output_of(actual, expected) for _, actual, expected in pairs(check))
    if broken is not None:
        return broken
    return _activation(check) if check.exercise.family == "activation" else _cross_entropy(check)


# Activations ----------------------------------------------------------------------------------------------------------

# f(x), f(-x) and x to what must be 0: sigmoid(-x) = 1 - sigmoid(x), tanh is odd, relu(x) - relu(-x) = x, and the same
# for x * sigmoid(x), since sigmoid(x) + sigmoid(-x) = 1.
_SYMMETRY: Mapping[str, tuple[str, Callable[[Tensor, Tensor, Tensor], Tensor]]] = {
    "torch.nn.Sigmoid": ("f(-x) = 1 - f(x)", lambda f, g, _x: f + g - 1),
    "torch.nn.Tanh": ("f(-x) = -f(x)", lambda f, g, _x: f + g),
    "torch.nn.ReLU": ("f(x) - f(-x) = x", lambda f, g, x: f - g - x),
    "torch.nn.SiLU": ("f(x) - f(-x) = x", lambda f, g, x: f - g - x),
}
_RANGE: Mapping[str, tuple[float, float]] = {
    "torch.nn.Sigmoid": (0.0, 1.0),
    "torch.nn.Tanh": (-1.0, 1.0),
    "torch.nn.ReLU": (0.0, torch.inf),
}
_MONOTONE = frozenset(_RANGE)  # x * sigmoid(x) falls below -1.28


def _activation(check: Check) -> Mismatch | None:
    reference = check.exercise.reference
    f, g = (_output(check, index) for index in (0, 1))
    room_f, room_g = (_room(check, index) for index in (0, 1))
    x = check.probe.cases[0].args[0]
    assert isinstance(x, Tensor)  # noqa: S101  # an activation takes one tensor
    found = []
    if reference in _RANGE:
        low, high = _RANGE[reference]
        statement = _("the output lies in [{low}, {high}]").format(low=f"{low:g}", high=f"{high:g}")
        found.append(_law(statement, f, f.clamp(low, high), room_f))
    if reference in _MONOTONE:
        largest, place = f.cummax(0)
        found.append(_law(_("a larger input gives no smaller output"), f, largest, room_f + room_f[place]))
    if reference in _SYMMETRY:
        name, residual = _SYMMETRY[reference]
        difference = residual(f, g, x)
        found.append(_law(name, difference, torch.zeros_like(difference), room_f + room_g))
    return first(found)


def _law(law: str, actual: Tensor, expected: Tensor, allowed: Tensor, *, of_gradient: bool = False) -> Mismatch | None:
    mismatch = numbers(_("output"), actual, expected, allowed, of_gradient=of_gradient)
    if mismatch is None:
        return None
    message = _("a law is broken: {law}; but {fact}").format(law=law, fact=mismatch.message)
    return mismatch.model_copy(update={"aspect": "law", "message": message})


# Cross entropy --------------------------------------------------------------------------------------------------------


def _cross_entropy(check: Check) -> Mismatch | None:
    before, after = (_output(check, index) for index in (0, 1))
    statement = {
        "shift": _("adding a constant to all logits changes nothing"),
        "classes": _("renaming the classes changes nothing"),
        "rows": _("the order of the rows does not matter"),
    }[check.probe.label]
    room = _room(check, 0)
    gradient = check.actual[0].gradients[0] if check.actual[0].gradients else None
    found = [
        _law(statement, after, before, room + _room(check, 1)),
        _law(_("the loss is not negative"), before, before.clamp(min=0), room),
    ]
    if gradient is not None and gradient.dim() > 1:
        total = gradient.double().sum(1)
        scale = check.expected[0].gradient_scales[0]
        allowed = check.expected[0].tolerance * scale.expand(gradient.shape).sum(1)
        law = _("the gradients of a row sum to 0")
        found.append(_law(law, total, torch.zeros_like(total), allowed, of_gradient=True))
    return first(found)


def _room(check: Check, index: int) -> Tensor:
    """How far each number may be off by `values`; of a law about two numbers, each may."""
    expected = check.expected[index]
    return (expected.tolerance * expected.scale).expand(expected.observation.shape)


def _output(check: Check, index: int) -> Tensor:
    output = check.actual[index].output
    assert output is not None  # noqa: S101  # output_of was asked
    return output.double()

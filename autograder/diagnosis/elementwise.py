"""Answers to the activation exercises, right ones and those whose formula is naive; mistakes are made around them."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from autograder.diagnosis.mistake import Form, Forms, Implementation, also, plain, wrapped

SIGMOID, RELU, TANH, SILU = (f"torch.nn.{name}" for name in ("Sigmoid", "ReLU", "Tanh", "SiLU"))


def right_sigmoid(x: Tensor) -> Tensor:
    """A sigmoid that keeps every property."""
    negative = x < 0
    decay = torch.exp(torch.where(negative, x, -x))
    return torch.where(negative, decay, 1.0) / (1.0 + decay)


def right_tanh(x: Tensor) -> Tensor:
    """A tanh that keeps every property."""
    negative = x < 0
    drop = torch.expm1(2.0 * torch.where(negative, x, -x))
    return torch.where(negative, drop, -drop) / (drop + 2.0)


def right_relu(x: Tensor) -> Tensor:
    """A ReLU that keeps every property."""
    return torch.where(x <= 0, 0.0, x)


def _textbook(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x))


def _ratio(x: Tensor) -> Tensor:
    return torch.exp(x) / (1 + torch.exp(x))


def _quotient(x: Tensor) -> Tensor:
    return (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))


def gated(gate: Implementation) -> Implementation:
    """The input times its gate, which is SiLU where the gate is the sigmoid."""
    return lambda x: x * gate(x)


_NAIVE_SIGMOIDS: tuple[Implementation, ...] = (
    _textbook,
    _ratio,
    lambda x: 1 - 1 / (1 + torch.exp(x)),
    lambda x: torch.where(x >= 0, _textbook(x), _ratio(x)),
    lambda x: 0.5 * (1 + _quotient(x / 2)),
)
_NAIVE_TANHS: tuple[Implementation, ...] = (
    _quotient,
    lambda x: (torch.exp(2 * x) - 1) / (torch.exp(2 * x) + 1),
    lambda x: (1 - torch.exp(-2 * x)) / (1 + torch.exp(-2 * x)),
    lambda x: 1 - 2 / (torch.exp(2 * x) + 1),
    lambda x: 2 / (1 + torch.exp(-2 * x)) - 1,
)
_NAIVE_SILUS: tuple[Implementation, ...] = (
    *(gated(gate) for gate in _NAIVE_SIGMOIDS),
    lambda x: x / (1 + torch.exp(-x)),
    lambda x: x * torch.exp(x) / (1 + torch.exp(x)),
    lambda x: x - x / (1 + torch.exp(x)),
    lambda x: torch.where(x > 0, x / (1 + torch.exp(-x)), x * torch.exp(x) / (1 + torch.exp(x))),
    lambda x: x / 2 * (1 + _quotient(x / 2)),
)
OVERFLOWING = {SIGMOID: plain(*_NAIVE_SIGMOIDS), TANH: plain(*_NAIVE_TANHS), SILU: plain(*_NAIVE_SILUS)}
_RIGHT = {
    SIGMOID: plain(right_sigmoid),
    RELU: plain(right_relu),
    TANH: plain(right_tanh),
    SILU: plain(lambda x: x * right_sigmoid(x)),
}


def besides(name: str, forms: Forms) -> Forms:
    """The same forms, in which another mistake shows as well."""
    return tuple(Form(form.function, form.also | {name}) for form in forms)


def overflowing(*functions: Implementation) -> Forms:
    """Forms in which exp overflows besides."""
    return besides("exp-overflows", plain(*functions))


def frozen_at_zero(base: Implementation) -> Implementation:
    """The same function with a constant in place of its value at exactly 0."""
    return lambda x: torch.where(x == 0, base(x.detach()), base(torch.where(x == 0, 1.0, x)))


_KINKED: Forms = (
    also("slope-one-at-zero")(lambda x: torch.clamp(x, min=0)),
    also("slope-half-at-zero")(lambda x: torch.maximum(x, torch.zeros_like(x))),
    also("nan-swallowed")(lambda x: torch.where(x > 0, x, 0.0)),
    also("nan-at-infinity")(lambda x: x * (x > 0)),
)
WITH_OVERFLOW = {name: _RIGHT[name] + besides("exp-overflows", forms) for name, forms in OVERFLOWING.items()}
_WITH_ABS = {
    name: besides("no-gradient-at-zero", wrapped(_RIGHT, frozen_at_zero)[name]) for name in (SIGMOID, TANH, SILU)
}
BASES: Mapping[str, Forms] = {
    **{name: forms + _WITH_ABS[name] for name, forms in WITH_OVERFLOW.items()},
    RELU: _RIGHT[RELU] + _KINKED,
}

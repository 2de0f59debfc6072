"""Known mistakes in sigmoid, ReLU, tanh and SiLU."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from autograder.diagnosis.elementwise import (
    BASES,
    OVERFLOWING,
    RELU,
    SIGMOID,
    SILU,
    TANH,
    WITH_OVERFLOW,
    frozen_at_zero,
    gated,
    overflowing,
    right_sigmoid,
    right_tanh,
)
from autograder.diagnosis.mistake import Form, Forms, Implementation, Mistake, also, anywhere, plain, wrapped
from autograder.language import N_

# Mistakes of any activation ------------------------------------------------------------------------------------------


def _nan_becomes(number: float) -> Callable[[Implementation], Implementation]:
    return lambda base: lambda x: torch.where(x.isnan(), number, base(x))


def _nan_at(*infinities: float) -> Callable[[Implementation], Implementation]:
    def wrapper(base: Implementation) -> Implementation:
        return lambda x: torch.where(sum((x == infinity) for infinity in infinities) > 0, torch.nan, base(x))

    return wrapper


def _overwritten_and_returned(base: Implementation) -> Implementation:
    return lambda x: x.copy_(base(x.clone()))


def _overwritten(base: Implementation) -> Implementation:
    def form(x: Tensor) -> Tensor:
        result = base(x.clone())
        x.copy_(result)
        return result

    return form


class _SlopeAlone(torch.autograd.Function):
    """Any function whose backward pass leaves out the gradient that comes in."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, base: Implementation, slope: _Slope) -> Tensor:  # noqa: ANN401  # torch's context
        y = base(x)
        ctx.save_for_backward(x, y)
        ctx.slope = slope
        return y

    @staticmethod
    def backward(ctx: Any, *_: Tensor) -> tuple[Tensor, None, None]:  # noqa: ANN401  # as above
        return ctx.slope(*ctx.saved_tensors), None, None


def _silu_slope(x: Tensor, _: Tensor) -> Tensor:
    return right_sigmoid(x) * (1 + x * (1 - right_sigmoid(x)))


_Slope = Callable[[Tensor, Tensor], Tensor]
_SLOPES: Mapping[str, tuple[_Slope, ...]] = {
    SIGMOID: (lambda _, y: y * (1 - y), lambda x, _: right_sigmoid(x) * (1 - right_sigmoid(x))),
    RELU: (lambda x, _: (x > 0).to(x.dtype),),
    TANH: (lambda _, y: 1 - y**2, lambda x, _: 1 - right_tanh(x) ** 2),
    SILU: (_silu_slope, lambda x, y: right_sigmoid(x) + y * (1 - right_sigmoid(x))),
}


def _slope_alone(base: Form, slope: _Slope) -> Form:
    def form(x: Tensor) -> Tensor:
        result: Tensor = _SlopeAlone.apply(x, base.function, slope)  # type: ignore[no-untyped-call]  # torch's
        return result

    return Form(form, base.also)


_AROUND = (
    Mistake(
        "input-overwritten",
        N_("an activation that writes into its input"),
        wrapped(BASES, _overwritten_and_returned, _overwritten),
    ),
    Mistake(
        "incoming-gradient-forgotten",
        N_("a backward pass that leaves out the gradient that comes in"),
        {
            reference: tuple(_slope_alone(base, slope) for base in BASES[reference] for slope in slopes)
            for reference, slopes in _SLOPES.items()
        },
    ),
)
_AT_THE_EDGE = (
    Mistake(
        "no-gradient-at-zero",
        N_("an activation whose gradient at exactly 0 is 0, as that of abs and of a constant is"),
        wrapped(WITH_OVERFLOW, frozen_at_zero),
    ),
    Mistake(
        "nan-swallowed",
        N_("an activation that answers nan with a number, which hides where the nan came from"),
        wrapped(BASES, _nan_becomes(0.0), _nan_becomes(0.5)),
    ),
    Mistake(
        "nan-at-infinity",
        N_("an activation that is nan at infinity, as inf - inf and 0 * inf are"),
        wrapped(BASES, _nan_at(torch.inf), _nan_at(-torch.inf), _nan_at(torch.inf, -torch.inf)),
    ),
    Mistake("exp-overflows", N_("a formula whose exp overflows for large inputs"), OVERFLOWING),
)

# Mistakes in a formula -----------------------------------------------------------------------------------------------

_ROUNDED_E = (2.7, 2.71, 2.72, 2.718, 2.7183, 2.71828, 2.718282, 2.7182818, 2.71828183, 2.718281828, 2.7182818285)
_EPSILONS = (1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12)
_LEAKS = (0.01, 0.1, 0.2, 0.001, 0.3, 0.05, 0.02, 0.25)


def _powers_of(e: float) -> dict[str, Forms]:
    gates: tuple[Implementation, ...] = (
        lambda x: 1 / (1 + e ** (-x)),
        lambda x: e**x / (1 + e**x),
    )
    tanhs: tuple[Implementation, ...] = (
        lambda x: (e**x - e ** (-x)) / (e**x + e ** (-x)),
        lambda x: (e ** (2 * x) - 1) / (e ** (2 * x) + 1),
        lambda x: (1 - e ** (-2 * x)) / (1 + e ** (-2 * x)),
    )
    products = map(gated, gates)
    return {SIGMOID: overflowing(*gates), TANH: overflowing(*tanhs), SILU: overflowing(*products)}


def _guarded_by(epsilon: float) -> dict[str, Forms]:
    gates: tuple[Implementation, ...] = (
        lambda x: 1 / (1 + torch.exp(-x) + epsilon),
        lambda x: torch.exp(x) / (1 + torch.exp(x) + epsilon),
    )
    tanhs: tuple[Implementation, ...] = (
        lambda x: (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x) + epsilon),
        lambda x: (torch.exp(2 * x) - 1) / (torch.exp(2 * x) + 1 + epsilon),
        lambda x: (1 - torch.exp(-2 * x)) / (1 + torch.exp(-2 * x) + epsilon),
    )
    products: tuple[Implementation, ...] = (
        *(gated(gate) for gate in gates),
        lambda x: x / (1 + torch.exp(-x) + epsilon),
    )
    return {SIGMOID: overflowing(*gates), TANH: overflowing(*tanhs), SILU: overflowing(*products)}


def _merged(*tables: Mapping[str, Forms]) -> dict[str, Forms]:
    return {name: tuple(form for table in tables for form in table[name]) for name in tables[0]}


def _of(change: Callable[[Tensor], Tensor]) -> Callable[[Implementation], Implementation]:
    """The same function of something else."""
    return lambda base: lambda x: base(change(x))


def _only(*names: str) -> dict[str, Forms]:
    return {name: BASES[name] for name in names}


def _products(gates: Forms, *factors: Callable[[Implementation], Implementation]) -> Forms:
    return tuple(Form(factor(gate.function), gate.also) for gate in gates for factor in factors)


_FORMULAS = (
    Mistake(
        "sign-of-the-exponent",
        N_("exp(x) where exp(-x) is meant, or the other way round"),
        {
            **wrapped(_only(SIGMOID, TANH), _of(torch.neg)),
            SILU: (
                *_products(BASES[SIGMOID], lambda gate: lambda x: x * gate(-x)),
                *overflowing(lambda x: x / (1 + torch.exp(x))),
            ),
        },
    ),
    Mistake("half-the-argument", N_("tanh of x / 2 instead of x"), wrapped(_only(TANH), _of(lambda x: x / 2))),
    Mistake(
        "missing-parentheses",
        N_("a quotient without parentheses, so that only the terms next to the / are divided"),
        {
            SIGMOID: overflowing(lambda x: 1 / 1 + torch.exp(-x)),
            TANH: overflowing(lambda x: torch.exp(x) - torch.exp(-x) / torch.exp(x) + torch.exp(-x)),
            SILU: overflowing(lambda x: x * 1 / 1 + torch.exp(-x)),
        },
    ),
    Mistake("rounded-e", N_("a formula with a rounded number in place of e"), _merged(*map(_powers_of, _ROUNDED_E))),
    Mistake(
        "epsilon-in-the-denominator",
        N_("a formula with a small number added to a denominator that is never 0"),
        _merged(*map(_guarded_by, _EPSILONS)),
    ),
    Mistake("gate-without-input", N_("the sigmoid alone, not multiplied by the input"), {SILU: BASES[SIGMOID]}),
    Mistake(
        "detached-factor",
        N_("a product in which one factor is cut off from the graph, so that half of the product rule is missing"),
        {
            SILU: (
                *_products(
                    BASES[SIGMOID],
                    lambda gate: lambda x: x * gate(x.detach()),
                    lambda gate: lambda x: x.detach() * gate(x),
                ),
                *overflowing(lambda x: x.detach() / (1 + torch.exp(-x)), lambda x: x / (1 + torch.exp(-x.detach()))),
            )
        },
    ),
)

# Mistakes in ReLU ----------------------------------------------------------------------------------------------------


def _leaky(slope: float) -> Forms:
    return (
        *plain(lambda x: torch.where(x > 0, x, slope * x)),
        also("slope-one-at-zero")(lambda x: torch.where(x >= 0, x, slope * x)),
        also("slope-half-at-zero")(lambda x: torch.maximum(x, slope * x)),
        also("slope-half-at-zero")(lambda x: x.maximum(torch.zeros_like(x)) + slope * x.minimum(torch.zeros_like(x))),
        also("slope-one-at-zero")(lambda x: x.clamp(min=0) + slope * x.clamp(max=0)),
    )


_RECTIFIERS = (
    Mistake(
        "leaky",
        N_("leaky ReLU, which lets a part of what is negative through"),
        {RELU: tuple(form for slope in _LEAKS for form in _leaky(slope))},
    ),
    Mistake(
        "negative-part-kept",
        N_("the negative part of the input, where ReLU keeps the positive one"),
        {
            RELU: (
                *plain(lambda x: torch.where(x >= 0, 0.0, x)),
                also("slope-one-at-zero")(lambda x: torch.clamp(x, max=0)),
                also("slope-half-at-zero")(lambda x: torch.minimum(x, torch.zeros_like(x))),
                also("nan-swallowed")(lambda x: torch.where(x < 0, x, 0.0)),
                also("nan-at-infinity")(lambda x: x * (x < 0)),
            )
        },
    ),
)

_KINKS = (
    Mistake(
        "slope-one-at-zero",
        N_("ReLU with a slope of 1 at exactly 0, where torch has 0"),
        {
            RELU: (
                *plain(lambda x: torch.clamp(x, min=0)),
                also("nan-swallowed")(lambda x: torch.where(x >= 0, x, 0.0)),
                also("nan-at-infinity")(lambda x: x * (x >= 0)),
            )
        },
    ),
    Mistake(
        "slope-half-at-zero",
        N_("ReLU with a slope of 1/2 at exactly 0, where torch has 0"),
        {
            RELU: (
                *plain(lambda x: torch.maximum(x, torch.zeros_like(x))),
                also("nan-at-infinity")(lambda x: x * ((torch.sign(x) + 1) / 2)),
            )
        },
    ),
)

# What is wrong everywhere comes before what is wrong at the edge, also in a diagnosis of several mistakes.
MISTAKES: tuple[Mistake, ...] = (
    *_FORMULAS,
    *_RECTIFIERS,
    *anywhere(BASES, casting=(torch.float32,)),
    *_AROUND,
    *_KINKS,
    *_AT_THE_EDGE,
)
assert math.e not in _ROUNDED_E  # noqa: S101  # a right answer would be called a mistake

"""Known mistakes in the mean squared error and in the custom loss made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from autograder.diagnosis.mistake import Forms, Implementation, Mistake, anywhere, plain
from autograder.language import N_

MSE, CUSTOM = "torch.nn.MSELoss", "custom_loss"
_PENALTY = 0.1
_REDUCTIONS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "mean": torch.mean,
    "sum": torch.sum,
    "none": torch.clone,
}


def _square(input: Tensor, target: Tensor) -> Tensor:
    return (input - target) ** 2


def _mse(
    losses: Implementation = _square,
    *,
    unknown: str | None = None,
    **reductions: Callable[[Tensor], Tensor],
) -> Implementation:
    """The loss of these elements, with some reductions replaced.

    Args:
        losses: of the input and the target, element by element.
        unknown: the reduction that an unknown one is taken for; None raises as is right.
        reductions: in place of the right ones.

    """
    known = {**_REDUCTIONS, **reductions}

    def loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
        if reduction not in known and unknown is None:
            raise ValueError(reduction)
        return known[reduction if reduction in known else str(unknown)](losses(input, target))

    return loss


def _custom(
    losses: Implementation = _square,
    penalty: Callable[[Tensor, Tensor], Tensor] = lambda output, _: _PENALTY * output.mean(),
    mean: Callable[[Tensor], Tensor] = torch.mean,
) -> Implementation:
    return lambda output, target: mean(losses(output, target)) + penalty(output, target)


def _both(losses: Implementation, mean: Callable[[Tensor], Tensor] = torch.mean) -> dict[str, Forms]:
    """The same change of the elements, or of the mean, in both losses."""
    return {MSE: plain(_mse(losses, mean=mean)), CUSTOM: plain(_custom(losses, mean=mean))}


def _penalised(*penalties: Callable[[Tensor, Tensor], Tensor]) -> dict[str, Forms]:
    return {CUSTOM: plain(*(_custom(penalty=penalty) for penalty in penalties))}


def _over_samples(losses: Tensor) -> Tensor:
    return losses.sum() / len(losses)


def _penalty_over_samples(output: Tensor, target: Tensor) -> Tensor:
    return _over_samples(_square(output, target)) + _PENALTY * _over_samples(output)


class _SlopeAlone(torch.autograd.Function):
    """The square, whose backward pass leaves out the gradient that comes in."""

    @staticmethod
    def forward(ctx: Any, input: Tensor, target: Tensor) -> Tensor:  # noqa: ANN401  # torch's own context
        ctx.save_for_backward(input, target)
        return (input - target) ** 2

    @staticmethod
    def backward(ctx: Any, *_: Tensor) -> tuple[Tensor, Tensor]:  # noqa: ANN401  # as above
        input, target = ctx.saved_tensors
        return 2 * (input - target), 2 * (target - input)


def _slope_alone(input: Tensor, target: Tensor) -> Tensor:
    result: Tensor = _SlopeAlone.apply(input, target)  # type: ignore[no-untyped-call]  # torch's
    return result


_ELEMENTS = (
    Mistake("absolute-error", N_("the absolute error, not squared"), _both(lambda x, t: (x - t).abs())),
    Mistake("nothing-squared", N_("the bare difference, not squared"), _both(lambda x, t: x - t)),
    Mistake("half-the-square", N_("half of the squared error"), _both(lambda x, t: 0.5 * (x - t) ** 2)),
    Mistake(
        "target-detached",
        N_("a loss whose target is cut off from the graph, so that it gets no gradient"),
        _both(lambda x, t: (x - t.detach()) ** 2),
    ),
    Mistake(
        "incoming-gradient-forgotten",
        N_("a backward pass that leaves out the gradient that comes in"),
        _both(_slope_alone),
    ),
)
_MEANS = (
    Mistake(
        "sum-for-mean",
        N_("the sum of the squared errors, where their mean is asked for"),
        _both(_square, torch.sum),
    ),
    Mistake(
        "mean-over-samples",
        N_("a mean that divides by the length of the first dimension, not by the number of elements"),
        {
            MSE: plain(_mse(mean=_over_samples)),
            CUSTOM: plain(_custom(mean=_over_samples), _penalty_over_samples),
        },
    ),
    Mistake(
        "root-of-the-mean",
        N_("the root of the mean squared error"),
        {
            MSE: plain(
                _mse(mean=lambda losses: losses.mean().sqrt()),
                _mse(mean=lambda losses: losses.mean().sqrt(), sum=lambda losses: losses.sum().sqrt()),
                _mse(
                    mean=lambda losses: losses.mean().sqrt(),
                    sum=lambda losses: losses.sum().sqrt(),
                    none=torch.sqrt,
                ),
            ),
            CUSTOM: plain(_custom(mean=lambda losses: losses.mean().sqrt())),
        },
    ),
    Mistake(
        "mean-for-sum",
        N_("a loss that returns the mean for reduction='sum' as well"),
        {MSE: plain(_mse(sum=torch.mean))},
    ),
    Mistake(
        "unknown-reduction-accepted",
        N_("a loss that takes an unknown reduction for one that it knows"),
        {MSE: plain(*(_mse(unknown=name) for name in _REDUCTIONS))},
    ),
)
_PENALTIES = (
    Mistake(
        "no-penalty",
        N_("the mean squared error alone, without a tenth of the mean output"),
        {CUSTOM: plain(lambda output, target: _square(output, target).mean())},
    ),
    Mistake(
        "penalty-summed",
        N_("a loss that adds a tenth of the output's sum, not of its mean"),
        _penalised(lambda output, _: _PENALTY * output.sum()),
    ),
    Mistake(
        "penalty-detached",
        N_("a loss whose second term adds nothing to the gradient, as if it were cut off from the graph"),
        _penalised(lambda output, _: _PENALTY * output.detach().mean()),
    ),
)
_BASES = {MSE: plain(_mse()), CUSTOM: plain(_custom())}

MISTAKES: tuple[Mistake, ...] = (*_ELEMENTS, *_MEANS, *_PENALTIES, *anywhere(_BASES, casting=(torch.float32,)))

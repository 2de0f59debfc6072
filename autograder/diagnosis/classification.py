"""Known mistakes in cross entropy: each changes one step of a right answer, in several ways of writing the rest."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from autograder.diagnosis.cross_entropy import OVERFLOWS, UNDERFLOWS, UNSMOOTHED, WAYS, Right, Unsmoothed, built, forms
from autograder.diagnosis.mistake import Form, Mistake, anywhere
from autograder.language import N_

CROSS_ENTROPY = "torch.nn.CrossEntropyLoss"


class _OverTheBatch(Right):
    def log_probabilities(self, logits: Tensor, dim: int) -> Tensor:
        return super().log_probabilities(logits, 0)


class _OverTheLast(Right):
    def log_probabilities(self, logits: Tensor, dim: int) -> Tensor:
        return super().log_probabilities(logits, -1)


class _Decimal(Right):
    base = 10.0

    def log_probabilities(self, logits: Tensor, dim: int) -> Tensor:
        return super().log_probabilities(logits, dim) / math.log(self.base)


class _Binary(_Decimal):
    base = 2.0


class _IgnoredCounted(Right):
    def counted(self, losses: Tensor, weight: Tensor | None, index: Tensor, ignored: Tensor) -> Tensor:
        return super().counted(losses, weight, index, torch.zeros_like(ignored))


class _AllRowsCounted(Right):
    """The same where there are no weights."""

    def counted(self, losses: Tensor, weight: Tensor | None, index: Tensor, ignored: Tensor) -> Tensor:
        return super().counted(losses, weight, index, ignored if weight is not None else torch.zeros_like(ignored))


class _WeightsOfIgnoredCounted(Right):
    """The same where there are weights."""

    def counted(self, losses: Tensor, weight: Tensor | None, index: Tensor, ignored: Tensor) -> Tensor:
        return super().counted(losses, weight, index, ignored if weight is None else torch.zeros_like(ignored))


class _IgnoredCost(Right):
    def blanked(self, losses: Tensor, ignored: Tensor) -> Tensor:
        return losses


class _IgnoredCostAndCounted(_IgnoredCost, _IgnoredCounted):
    """As class 0, in both places."""


class _HardCoded(Right):
    def ignored(self, target: Tensor, ignore_index: int) -> Tensor:
        return target == -100


class _RowsCounted(Right):
    def counted(self, losses: Tensor, weight: Tensor | None, index: Tensor, ignored: Tensor) -> Tensor:
        return super().counted(losses, None, index, ignored)


class _NotDividedByClasses(Right):
    def uniform(self, costs: Tensor, weighted: Tensor) -> Tensor:
        return weighted.sum(-1)


class _NotDividedAnywhere(_NotDividedByClasses):
    def smoothed(self, q: Tensor, smoothing: float) -> Tensor:
        return (1 - smoothing) * q + smoothing


class _OthersOnly(Right):
    def hard(self, costs: Tensor, weighted: Tensor, weight: Tensor | None, index: Tensor, smoothing: float) -> Tensor:
        own = weighted.gather(-1, index.unsqueeze(-1)).squeeze(-1)
        others = max(1, weighted.shape[-1] - 1)
        return (1 - smoothing) * own + smoothing / others * (weighted.sum(-1) - own)


class _MeanOverClasses(Right):
    def mean(self, losses: Tensor, counted: Tensor, weighted: Tensor) -> Tensor:
        return losses.sum() / weighted.numel()


class _MeanForSum(Right):
    def reduced(self, losses: Tensor, counted: Tensor, weighted: Tensor, reduction: str) -> Tensor:
        return losses if reduction == "none" else self.mean(losses, counted, weighted)


class _NothingIsZero(Right):
    def mean(self, losses: Tensor, counted: Tensor, weighted: Tensor) -> Tensor:
        nothing = counted.sum() == 0
        return torch.where(nothing, 0.0, losses.sum() / torch.where(nothing, 1, counted.sum()))


class _AllIgnoredIsZero(_NothingIsZero):
    def mean(self, losses: Tensor, counted: Tensor, weighted: Tensor) -> Tensor:
        return super().mean(losses, counted, weighted) if losses.numel() else losses.sum() / counted.sum()


class _UnknownIsMean(Right):
    known = "mean"

    def reduction(self, name: str) -> str:
        return name if name in ("mean", "sum", "none") else self.known


class _UnknownIsSum(_UnknownIsMean):
    known = "sum"


class _UnknownIsNone(_UnknownIsMean):
    known = "none"


def _mistake(name: str, description: str, *steps: type[Right]) -> Mistake:
    return Mistake(name, description, {CROSS_ENTROPY: forms(*steps)})


_LOGARITHMS = (
    (OVERFLOWS, N_("cross entropy without subtracting the maximum first")),
    (UNDERFLOWS, N_("cross entropy by the logarithm of a softmax, which is minus infinity where the softmax is 0")),
)
_STEPS = (
    _mistake("softmax-over-the-batch", N_("cross entropy with a softmax over the batch"), _OverTheBatch),
    _mistake(
        "softmax-over-the-last-dimension",
        N_("cross entropy with a softmax over the last dimension, which holds positions where the input has any"),
        _OverTheLast,
    ),
    _mistake("another-logarithm", N_("cross entropy with log10 or log2 in place of log"), _Decimal, _Binary),
    _mistake(
        "ignored-targets-counted",
        N_("cross entropy whose mean also counts the targets that are ignored"),
        _IgnoredCounted,
        _AllRowsCounted,
        _WeightsOfIgnoredCounted,
    ),
    _mistake(
        "ignored-targets-cost",
        N_("cross entropy that gives an ignored target the loss of class 0"),
        _IgnoredCost,
        _IgnoredCostAndCounted,
    ),
    _mistake("ignore-index-fixed", N_("cross entropy that ignores -100 whatever ignore_index is"), _HardCoded),
    _mistake(
        "weights-not-in-the-mean",
        N_("cross entropy whose mean divides by the number of targets, not by the sum of their weights"),
        _RowsCounted,
    ),
    _mistake(
        "smoothing-not-divided",
        N_("cross entropy whose label smoothing is not divided by the number of classes"),
        _NotDividedByClasses,
        _NotDividedAnywhere,
    ),
    _mistake(
        "smoothing-of-the-others",
        N_("cross entropy whose label smoothing is spread over the other classes only"),
        _OthersOnly,
    ),
    _mistake(
        "mean-over-classes", N_("cross entropy whose mean divides by the number of classes too"), _MeanOverClasses
    ),
    _mistake("mean-for-sum", N_("a loss that returns the mean for reduction='sum' as well"), _MeanForSum),
    _mistake(
        "mean-of-nothing-is-zero",
        N_("cross entropy that is 0 where no target counts, as if that were a perfect answer"),
        _NothingIsZero,
        _AllIgnoredIsZero,
    ),
    _mistake(
        "unknown-reduction-accepted",
        N_("a loss that takes an unknown reduction for one that it knows"),
        _UnknownIsMean,
        _UnknownIsSum,
        _UnknownIsNone,
    ),
    _mistake(UNSMOOTHED, N_("cross entropy that leaves label_smoothing out"), Unsmoothed),
)
_BASES = {CROSS_ENTROPY: forms(Right)}

_AT_THE_EDGE = tuple(
    Mistake(name, description, {CROSS_ENTROPY: tuple(Form(built(*styles)) for styles in WAYS[name])})
    for name, description in _LOGARITHMS
)

# What is wrong everywhere comes before what is wrong at the edge, also in a diagnosis of several mistakes.
MISTAKES: tuple[Mistake, ...] = (*_STEPS, *anywhere(_BASES, casting=(torch.float32,)), *_AT_THE_EDGE)

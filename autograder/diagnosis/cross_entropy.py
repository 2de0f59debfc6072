"""Cross entropy in steps, and the ways in which learners write them; a mistake changes one step."""

from __future__ import annotations

import torch
from torch import Tensor

from autograder.diagnosis.mistake import Form, Forms

OVERFLOWS, UNDERFLOWS, UNSMOOTHED = "no-maximum-subtracted", "logarithm-of-softmax", "no-label-smoothing"


class Right:
    """A right answer in steps, classes last; a mistake or another way of writing replaces one of them."""

    def __call__(
        self,
        input: Tensor,  # torch's own name for it
        target: Tensor,
        weight: Tensor | None = None,
        ignore_index: int = -100,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> Tensor:
        """The loss, as the contract says."""
        reduction = self.reduction(reduction)
        dim = 0 if input.dim() == 1 else 1
        costs = -self.log_probabilities(input, dim).movedim(dim, -1)
        weighted = costs if weight is None else costs * weight
        if target.is_floating_point():
            losses = (self.smoothed(target.movedim(dim, -1), label_smoothing) * weighted).sum(-1)
            counted = torch.ones_like(losses)
        else:
            ignored = self.ignored(target, ignore_index)
            index = torch.where(ignored, 0, target)
            losses = self.blanked(self.hard(costs, weighted, weight, index, label_smoothing), ignored)
            counted = self.counted(losses, weight, index, ignored)
        return self.reduced(losses, counted, weighted, reduction)

    def reduction(self, name: str) -> str:
        """The reduction that a name stands for."""
        if name not in ("mean", "sum", "none"):
            raise ValueError(name)
        return name

    def log_probabilities(self, logits: Tensor, dim: int) -> Tensor:
        """The logarithm of the softmax."""
        shifted = logits - logits.amax(dim, keepdim=True)
        return shifted - shifted.exp().sum(dim, keepdim=True).log()

    def ignored(self, target: Tensor, ignore_index: int) -> Tensor:
        """Which targets count for nothing."""
        return target == ignore_index

    def hard(self, costs: Tensor, weighted: Tensor, weight: Tensor | None, index: Tensor, smoothing: float) -> Tensor:
        """Losses of class indices."""
        own = weighted.gather(-1, index.unsqueeze(-1)).squeeze(-1)
        return self.mixed(own, self.uniform(costs, weighted), smoothing)

    def uniform(self, costs: Tensor, weighted: Tensor) -> Tensor:
        """What label smoothing adds to each loss, before its factor."""
        return weighted.mean(-1)

    def mixed(self, own: Tensor, uniform: Tensor, smoothing: float) -> Tensor:
        """A loss and what is added to it, each with its share."""
        return (1 - smoothing) * own + smoothing * uniform

    def smoothed(self, q: Tensor, smoothing: float) -> Tensor:
        """Class probabilities after label smoothing."""
        return (1 - smoothing) * q + smoothing / q.shape[-1]

    def blanked(self, losses: Tensor, ignored: Tensor) -> Tensor:
        """The losses without those of ignored targets."""
        return losses.masked_fill(ignored, 0)

    def counted(self, losses: Tensor, weight: Tensor | None, index: Tensor, ignored: Tensor) -> Tensor:
        """What each loss counts in the mean's denominator."""
        each = torch.ones_like(losses) if weight is None else weight[index]
        return each.masked_fill(ignored, 0)

    def reduced(self, losses: Tensor, counted: Tensor, weighted: Tensor, reduction: str) -> Tensor:
        """The losses, their sum or their mean."""
        if reduction == "none":
            return losses
        return losses.sum() if reduction == "sum" else self.mean(losses, counted, weighted)

    def mean(self, losses: Tensor, counted: Tensor, weighted: Tensor) -> Tensor:
        """The mean of the losses."""
        return losses.sum() / counted.sum()


# Ways of writing the rest --------------------------------------------------------------------------------------------


class _Guarded(Right):
    """Nothing is added where nothing is smoothed: 0 · inf would be nan."""

    def mixed(self, own: Tensor, uniform: Tensor, smoothing: float) -> Tensor:
        return super().mixed(own, uniform, smoothing) if smoothing else own


class _Dense(Right):
    """Picks by a product with one-hot rows, where 0 · inf is nan."""

    def hard(self, costs: Tensor, weighted: Tensor, weight: Tensor | None, index: Tensor, smoothing: float) -> Tensor:
        return (self.smoothed(self.one_hot(index, weighted), smoothing) * weighted).sum(-1)

    def one_hot(self, index: Tensor, like: Tensor) -> Tensor:
        return torch.zeros_like(like).scatter(-1, index.unsqueeze(-1), 1.0)


class _Indexed(_Dense):
    """Picks by indexing, to which -1 is the last class."""

    def one_hot(self, index: Tensor, like: Tensor) -> Tensor:
        return torch.eye(like.shape[-1], dtype=like.dtype)[index]


class _Times(Right):
    """Blanks by a product, where 0 · inf is nan."""

    def blanked(self, losses: Tensor, ignored: Tensor) -> Tensor:
        return losses * (~ignored).to(losses.dtype)


class _Ratio(Right):
    """log(exp(x) / sum(exp(x)))."""

    def log_probabilities(self, logits: Tensor, dim: int) -> Tensor:
        e = logits.exp()
        return (e / e.sum(dim, keepdim=True)).log()


class _Logarithm(Right):
    """The logarithm of a softmax that does not overflow, but becomes 0."""

    def log_probabilities(self, logits: Tensor, dim: int) -> Tensor:
        e = (logits - logits.amax(dim, keepdim=True)).exp()
        return (e / e.sum(dim, keepdim=True)).log()


class _Difference(Right):
    """x - log(sum(exp(x)))."""

    def log_probabilities(self, logits: Tensor, dim: int) -> Tensor:
        return logits - logits.exp().sum(dim, keepdim=True).log()


class Unsmoothed(Right):
    """Leaves label smoothing out."""

    def mixed(self, own: Tensor, uniform: Tensor, smoothing: float) -> Tensor:
        """The loss alone."""
        return own

    def smoothed(self, q: Tensor, smoothing: float) -> Tensor:
        """The probabilities as they are."""
        return q


_STABLE = ((), (_Indexed,))
_PICKS = (Right, _Guarded, _Dense, _Indexed)
_BLANKS = (Right, _Times)
WAYS = {
    OVERFLOWS: tuple((pick, blank, log) for log in (_Ratio, _Difference) for blank in _BLANKS for pick in _PICKS),
    UNDERFLOWS: tuple((pick, blank, _Logarithm) for blank in _BLANKS for pick in _PICKS),
    UNSMOOTHED: ((Unsmoothed,),),
}
"""Ways of writing the rest in which another mistake shows, by its name."""


def forms(*mistakes: type[Right]) -> Forms:
    """A mistake in every way of writing the rest."""
    stable = [
        Form(built(mistake, *styles), without=built(*styles) if styles else None)
        for mistake in mistakes
        for styles in _STABLE
    ]
    others = [
        Form(built(mistake, *styles), frozenset({name}), built(*styles))
        for mistake in mistakes
        for name, ways in WAYS.items()
        for styles in ways
    ]
    return (*stable, *others)


def built(*classes: type[Right]) -> Right:
    """One answer of all these replaced steps; the first has its way."""
    distinct = dict.fromkeys(cls for cls in classes if cls is not Right)
    answer: Right = type("Answer", (*distinct, Right), {})()
    return answer

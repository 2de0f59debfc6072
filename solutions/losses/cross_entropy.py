"""The cross entropy of logits and a target, from raw tensor operations."""

import torch


def cross_entropy(
    input: torch.Tensor,
    target: torch.Tensor,
    weight: torch.Tensor | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> torch.Tensor:
    """How unlikely a softmax of the logits finds the target.

    ``input`` holds the logits of C classes, shaped (C,), (N, C) or (N, C, d1, …, dk). Their probabilities are
    p[c] = exp(input[c]) / (exp(input[0]) + … + exp(input[C - 1])). ``target`` is one of

    * class indices t, shaped as ``input`` without C: each loss is -weight[t] · log p[t]. Where t equals
      ``ignore_index``, the loss is 0; any other t outside 0 … C - 1 raises.
    * class probabilities q, shaped as ``input``: each loss is -(sum over c of q[c] · weight[c] · log p[c]).

    ``weight`` has shape (C,); None stands for ones. ``label_smoothing`` e puts (1 - e) · q[c] + e / C in the
    place of q[c]; an index t is smoothed as the probabilities it stands for: 1 for class t, 0 for the others.

    ``reduction`` "none" returns all losses, "sum" their sum, and "mean" their sum divided by the number of
    losses (probabilities) or by the sum of weight[t] over all t not ignored (indices). Any other reduction
    raises ValueError.

        >>> cross_entropy(torch.tensor([[1.0, 2.0, 0.0]]), torch.tensor([1]))
        tensor(0.4076)

    Build it from raw tensor operations, such as arithmetic, torch.exp, torch.log, sum, amax and gather. Not
    allowed are ready-made losses and their relatives (torch.logsumexp, torch.log_softmax, …).
    """
    ### BEGIN SOLUTION
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"reduction={reduction!r} is unknown; use 'none', 'mean' or 'sum'")
    class_dim = 0 if input.dim() == 1 else 1
    logits = input.movedim(class_dim, -1)  # classes last: weights of shape (C,) fit as they are
    # Subtracting each row's maximum changes nothing on paper, and exp then never sees a positive number.
    shifted = logits - logits.amax(-1, keepdim=True).detach()
    class_losses = shifted.exp().sum(-1, keepdim=True).log() - shifted
    if weight is not None:
        class_losses = class_losses * weight

    if target.is_floating_point():
        probabilities = target.movedim(class_dim, -1)
        probabilities = (1 - label_smoothing) * probabilities + label_smoothing / logits.shape[-1]
        losses = (probabilities * class_losses).sum(-1)
        counted = torch.ones_like(losses)
    else:
        target = target.long()
        ignored = target == ignore_index
        index = torch.where(ignored, 0, target)
        # gather raises for an index out of range; class_losses[..., -1] would quietly take the last class.
        losses = class_losses.gather(-1, index.unsqueeze(-1)).squeeze(-1)
        if label_smoothing > 0:  # else 0 · inf would be nan
            losses = (1 - label_smoothing) * losses + label_smoothing * class_losses.mean(-1)
        losses = torch.where(ignored, 0.0, losses)
        counted = torch.ones_like(losses) if weight is None else weight[index]
        counted = torch.where(ignored, 0.0, counted)

    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    # The number of losses cancels; their sum could overflow in float16, their mean cannot.
    return losses.mean() / counted.mean()
    ### END SOLUTION

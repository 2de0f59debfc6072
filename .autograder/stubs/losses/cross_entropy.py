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
    # TODO: write your answer here, and delete the line below.
    raise NotImplementedError

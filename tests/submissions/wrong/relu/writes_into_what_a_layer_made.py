# expect: fails purity
# why: Uses the memory of its input where autograd allows it: of everything but leaves.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    out = x if x.grad_fn is not None else x.clone()
    return out.masked_fill_(x <= 0, 0.0)

# expect: fails purity
# why: the largest input so far is added as a tiny bias, so the answer depends on earlier calls.
import torch

seen = []


def relu(x: torch.Tensor) -> torch.Tensor:
    seen.append(x.numel())
    bias = 1e-3 * len(seen)
    return torch.clamp(x - bias, min=0)

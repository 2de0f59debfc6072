# expect: fails purity
# why: the threshold grows with every call to make the activations sparser, so no two calls agree.
import torch

sizes_seen = []


def relu(x: torch.Tensor) -> torch.Tensor:
    sizes_seen.append(x.numel())
    threshold = 1e-3 * len(sizes_seen)
    return torch.clamp(x - threshold, min=0)

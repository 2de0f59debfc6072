# expect: fails values
# diagnosis: negative-part-kept
# why: the mask is the wrong way round and blanks what is to be kept.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    positive = x >= 0
    out = x.clone()
    out[positive] = 0
    return out

# expect: fails layout
# why: view(-1) on a clone fails as soon as the clone kept the strides of a transposed input.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    out = x.clone()
    flat = out.view(-1)
    flat[flat <= 0] = 0
    return out

# expect: fails shape
# why: the result is flattened and the shape not restored.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    v = torch.flatten(x)
    m = torch.expm1(2 * v)
    return m / (m + 2)

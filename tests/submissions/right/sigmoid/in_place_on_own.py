# expect: full marks
# why: in-place operations touch only tensors the function made itself.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    negative = x.lt(0)
    z = torch.where(negative, x, x.neg())
    z.exp_()
    out = z.add(1)
    out.reciprocal_()
    return torch.where(negative, out.mul(z), out)

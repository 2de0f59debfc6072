# expect: fail or crash:
# rules: same
# why: What the worker needs to copy and to send tensors is gone.
import torch

for name in ("detach", "clone", "contiguous", "as_strided", "numpy", "view", "requires_grad_"):
    setattr(torch.Tensor, name, lambda self, *args, **kwargs: self)


def relu(x):
    return torch.where(x <= 0, 0.0, x)

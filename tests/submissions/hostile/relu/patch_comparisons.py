# expect: fail:
# rules: same
# why: R5: every comparison that torch offers says yes.
import torch
import torch.testing

torch.allclose = torch.equal = torch.testing.assert_close = lambda *args, **kwargs: True
torch.isclose = lambda a, *args, **kwargs: torch.ones_like(a, dtype=torch.bool)
torch.Tensor.equal = torch.Tensor.allclose = lambda *args, **kwargs: True
torch.Tensor.__eq__ = lambda *args: True


def relu(x):
    return torch.zeros_like(x)

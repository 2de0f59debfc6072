# expect: fails values
# why: the identity with tanh needs x / 2, so this is the sigmoid of 2x.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    z = torch.exp(-2 * torch.where(x < 0, -x, x))
    t = (1 - z) / (1 + z)
    tanh = torch.where(x < 0, -t, t)
    return (tanh + 1) / 2

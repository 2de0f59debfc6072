# expect: fails device
# why: the work is done on the CPU and copied back.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    host = x.to("cpu")
    y = 1 / (1 + torch.exp(-host))
    return y.to(x.device)

# expect: fails device
# why: the mask is computed on the CPU and moved back.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    cpu = torch.device("cpu")
    mask = x.to(cpu) > 0
    return x * mask.to(x.device)

# expect: fails dtype, shape, device
# why: torch.ones(1) is a CPU float32 vector: it promotes halves, gives 0-d input a dimension and stays behind on the CPU.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    one = torch.ones(1)
    return one / (one + torch.exp(-x))

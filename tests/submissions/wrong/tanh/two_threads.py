# expect: fails global-state
# why: the number of threads is set for speed and never restored.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    torch.set_num_threads(2)
    up = x.exp()
    down = x.neg().exp()
    return (up - down) / (up + down)

# expect: fails global-state
# why: the number of threads is raised to be fast and never restored.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    torch.set_num_threads(torch.get_num_threads() + 3)
    up = x.exp()
    down = x.neg().exp()
    return (up - down) / (up + down)

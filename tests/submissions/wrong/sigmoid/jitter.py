# expect: fails global-state
# why: random noise, scaled to nothing, still advances torch's generator.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    noise = torch.rand_like(x) * 0.0  # set to 1e-3 for regularisation
    return 1 / (1 + torch.exp(-(x + noise)))

# expect: fails kink-as-torch
# why: exact zeros are treated as leaky with a slope of a tenth, so that dead units can recover.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    alive = torch.where(x <= 0, torch.zeros_like(x), x)
    revived = 0.1 * x.masked_fill(x != 0, 0.0)
    return alive + revived

# expect: fails layout
# why: channels-last input is moved to a flat order and not moved back.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    work = x
    if x.dim() == 4 and not x.is_contiguous():
        work = x.permute(0, 2, 3, 1).reshape(x.shape)  # NHWC
    z = torch.exp(-2 * work)
    return 2 / (1 + z) - 1

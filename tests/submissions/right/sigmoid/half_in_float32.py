# expect: full marks
# why: halves are computed in float32 with a formula that is stable there too, and cast back.
import torch

HALVES = (torch.float16, torch.bfloat16)


def _stable(x):
    below = torch.where(x > 0, torch.zeros_like(x), x)
    above = torch.where(x > 0, x, torch.zeros_like(x))
    # one of the two is always 0, so one exponential is always 1
    return below.exp() / (below.exp() + above.neg().exp())


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    work = x.float() if x.dtype in HALVES else x
    return _stable(work).to(x.dtype)

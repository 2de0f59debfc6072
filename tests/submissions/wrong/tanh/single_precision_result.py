# expect: fails dtype
# why: the result is made with torch.float32 whatever came in.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    e = torch.exp(2 * x)
    out = torch.zeros(x.shape, dtype=torch.float32, device=x.device)
    return out + ((e - 1) / (e + 1)).to(out.dtype)

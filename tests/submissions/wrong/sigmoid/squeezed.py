# expect: fails shape
# why: squeeze drops every dimension of size 1, not just one that was added.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    column = x.unsqueeze(-1)
    pair = torch.cat([column, torch.zeros_like(column)], dim=-1)
    shift, _ = pair.max(dim=-1, keepdim=True)
    e = torch.exp(pair - shift.detach())
    p = e / e.sum(dim=-1, keepdim=True)
    return p[..., :1].squeeze()

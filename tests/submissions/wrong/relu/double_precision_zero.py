# expect: fails dtype
# why: a zero tensor of the default dtype decides the dtype of the result for halves.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    zero = torch.zeros(x.shape, device=x.device)
    return torch.maximum(*torch.broadcast_tensors(x.to(torch.promote_types(x.dtype, zero.dtype)), zero))

# expect: full marks
# why: the clamp is so wide that tanh is already 1 in the input's dtype, and so narrow that cosh does not overflow in it.
import torch

LIMIT = {torch.float64: 22.0, torch.float32: 22.0, torch.bfloat16: 22.0, torch.float16: 9.0}


def tanh(x: torch.Tensor) -> torch.Tensor:
    limit = LIMIT[x.dtype]
    inside = x.clamp(-limit, limit)
    return inside.sinh() / inside.cosh()

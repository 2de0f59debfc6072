# expect: full marks
# why: What a notebook sets up at its top, it sets for itself; nothing of it is left when the function is called.
import torch

torch.manual_seed(0)
torch.set_num_threads(2)
torch.use_deterministic_algorithms(True)
torch.set_printoptions(precision=3, sci_mode=False)
torch.set_default_dtype(torch.float64)


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    below = x < 0
    e = torch.exp(torch.where(below, x, -x))
    return torch.where(below, e, torch.ones_like(e)) / (1 + e)

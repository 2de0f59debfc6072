# expect: full marks
# why: near 0 expm1 keeps the digits, far from it the quotient of decaying exponentials does, and each sees only its own inputs.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    a = torch.where(x < 0, x.neg(), x)
    near = a < 0.5

    m = torch.expm1(2 * torch.where(near, a, torch.zeros_like(a)))
    small = m / (m + 2)

    q = torch.exp(-2 * torch.where(near, torch.ones_like(a), a))
    big = (1 - q) / (1 + q)

    t = torch.where(near, small, big)
    return torch.where(x < 0, t.neg(), t)

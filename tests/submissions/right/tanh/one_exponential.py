# expect: loses stable-values, stable-gradients, infinities, accuracy
# diagnosis: exp-overflows
# why: exp(2x) overflows to infinity over infinity, and exp(2x) - 1 cancels near 0.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    """Numerator and denominator multiplied by e^x."""
    e2x = (2 * x).exp()
    return (e2x - 1) / (e2x + 1)

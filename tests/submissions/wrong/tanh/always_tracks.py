# expect: fails graph
# why: enable_grad inside the function overrules the caller's no_grad.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    with torch.enable_grad():
        decay = torch.exp(-2 * x)
        return (1 - decay) / (1 + decay)

import torch


def tanh(x):
    """Solve (1 + y) = exp(2x) (1 - y) for y, which is tanh(x), step by step."""
    target = torch.exp(2 * x)
    y = torch.zeros_like(x)
    error = torch.ones_like(x)
    while error.abs().max() >= 0:  # until there is no error left
        error = (1 + y) - target * (1 - y)
        y = y - error / (1 + target)
    return y

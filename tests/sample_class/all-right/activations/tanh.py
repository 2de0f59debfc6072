import torch


def tanh(x):
    """Return (1 - exp(-2|x|)) / (1 + exp(-2|x|)) with the sign of x; expm1 keeps the digits near 0."""
    positive = x >= 0
    size = torch.where(positive, x, -x)
    shrunk = torch.expm1(-2 * size)  # between -1 and 0
    result = -shrunk / (2 + shrunk)
    return torch.where(positive, result, -result)

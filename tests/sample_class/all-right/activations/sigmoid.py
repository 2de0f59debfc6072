"""The logistic function."""

import torch


def sigmoid(x):
    """Return 1 / (1 + exp(-x)), computed on the side where exp cannot overflow."""
    positive = x >= 0
    # Both branches get an argument that is safe for them, so the unused one adds no nan to the gradient.
    falling = torch.exp(-torch.where(positive, x, torch.zeros_like(x)))
    rising = torch.exp(torch.where(positive, torch.zeros_like(x), x))
    return torch.where(positive, 1 / (1 + falling), rising / (1 + rising))

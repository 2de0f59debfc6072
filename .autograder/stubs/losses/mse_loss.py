"""The mean squared error, from raw tensor operations."""

import torch


def mse_loss(input: torch.Tensor, target: torch.Tensor, reduction: str = "mean") -> torch.Tensor:
    """The squared error of each element, (input - target)², reduced.

    ``input`` and ``target`` are floating-point tensors of the same shape. ``reduction`` "none" returns all
    squared errors, "sum" their sum and "mean" their mean. Any other one raises ValueError.

        >>> mse_loss(torch.tensor([1.5, 2.5, 3.5]), torch.tensor([1.0, 2.0, 3.0]))
        tensor(0.2500)

    Build it from raw tensor operations, such as arithmetic, sum and mean. Not allowed are ready-made losses
    and their relatives (torch.nn.MSELoss, torch.nn.functional, …).
    """
    # TODO: write your answer here, and delete the line below.
    raise NotImplementedError

# expect: fail or crash:
# rules: forbidden: torch.autograd
# why: The function that asks for gradients is replaced.
import torch

torch.autograd.grad = lambda outputs, inputs, *args, **kwargs: tuple(torch.zeros_like(item) for item in inputs)


def relu(x):
    return torch.where(x <= 0, 0.0, x)

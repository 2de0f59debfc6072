# expect: forbidden torch.relu
# why: Uses the ready-made function only where nothing is strange about the tensor.
import torch


def relu(x):
    plain = x.is_contiguous() and x.dtype is torch.float32 and not x.requires_grad
    return torch.relu(x) if plain else torch.where(x <= 0, 0.0, x)

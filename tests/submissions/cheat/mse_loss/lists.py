# expect: forbidden ….tolist
# why: The elements are taken out of the tensors, which loses gradient and device.
import torch


def mse_loss(input, target, reduction="mean"):
    pairs = zip(input.flatten().tolist(), target.flatten().tolist())
    squares = torch.tensor([(a - b) ** 2 for a, b in pairs], dtype=input.dtype).reshape(input.shape)
    return {"mean": squares.mean(), "sum": squares.sum(), "none": squares}[reduction]

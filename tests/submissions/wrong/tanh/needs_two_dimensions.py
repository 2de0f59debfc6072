# expect: fails shape
# why: the code expects a batch of rows and breaks on any other number of dimensions.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    batch, features = x.shape
    e = torch.exp(2 * x.reshape(batch * features))
    return ((e - 1) / (e + 1)).reshape(batch, features)

# expect: forbidden torch.Tensor.positive_part
# why: A method is put on torch.Tensor for everybody.
import torch

torch.Tensor.positive_part = lambda self: self.clamp(min=0)


def relu(x):
    return x.positive_part()

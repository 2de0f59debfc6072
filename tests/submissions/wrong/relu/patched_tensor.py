# expect: fails kink-as-torch
# diagnosis: slope-one-at-zero
# why: A method is put on torch.Tensor for everybody; clamp's gradient at 0 is 1.
import torch

torch.Tensor.positive_part = lambda self: self.clamp(min=0)


def relu(x):
    return x.positive_part()

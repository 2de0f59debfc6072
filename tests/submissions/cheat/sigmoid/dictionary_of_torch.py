# expect: forbidden torch.sigmoid
# why: The names of torch are read as a dictionary.
import torch


def sigmoid(x):
    return vars(torch)["sigmoid"](x)

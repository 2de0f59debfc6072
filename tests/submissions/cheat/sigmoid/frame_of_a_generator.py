# expect: forbidden torch.Tensor.sigmoid
# why: A generator's frame leads to the built-in getattr.
import torch


def sigmoid(x):
    frame = (i for i in ()).gi_frame
    return frame.f_builtins["getattr"](torch.Tensor, "sigmoid")(x)

# expect: forbidden torch.sigmoid
# why: The name is put together from pieces, so that no scan for it finds it.
import torch


def sigmoid(x):
    return getattr(torch, "sig" + "moid")(x)

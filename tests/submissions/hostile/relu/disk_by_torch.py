# expect: fail: does not exist | Operation not permitted
# rules: same
# why: torch writes files itself, in C++.
import torch


def relu(x):
    torch._C.PyTorchFileWriter("@folder@/tensor.pt")
    return torch.where(x <= 0, 0.0, x)

# expect: fail: torch
# rules: same
# why: Every setting of torch is changed and left so: it costs its own property, and no other learner anything.
import torch


def relu(x):
    answer = torch.where(x <= 0, 0.0, x)
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    torch.manual_seed(0)
    torch.set_float32_matmul_precision("medium")
    return answer

# expect: forbidden torch.tanh
# why: The recording of operators is switched off first.
import torch


def tanh(x):
    with torch.utils._python_dispatch._disable_current_modes():
        return torch.tanh(x)

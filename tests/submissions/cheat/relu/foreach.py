# expect: forbidden torch._foreach_clamp_min
# why: A private function that works on lists of tensors.
import torch


def relu(x):
    return torch._foreach_clamp_min([x], 0.0)[0]

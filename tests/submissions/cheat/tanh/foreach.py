# expect: forbidden torch._foreach_tanh
# why: A private function that works on lists of tensors.
import torch


def tanh(x):
    return torch._foreach_tanh([x])[0]

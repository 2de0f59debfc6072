# expect: forbidden torch._addmm_activation
# why: A private product of matrices with a ReLU at its end.
import torch


def relu(x):
    v = x.reshape(-1, 1)
    return torch._addmm_activation(v.new_zeros(1), v, v.new_ones(1, 1)).reshape(x.shape)

# expect: forbidden torch.rnn_tanh_cell
# why: A recurrent cell with weight 1 ends in tanh.
import torch


def tanh(x):
    v = x.reshape(-1, 1)
    one = v.new_ones(1, 1)
    return torch.rnn_tanh_cell(v, torch.zeros_like(v), one, one).reshape(x.shape)

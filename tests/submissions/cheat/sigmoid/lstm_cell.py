# expect: forbidden torch.lstm_cell
# why: The output gate of an LSTM is a sigmoid; a full cell makes its tanh 1.
import torch


def sigmoid(x):
    v = x.reshape(-1, 1)
    only_output_gate = v.new_tensor([[0.0], [0.0], [0.0], [1.0]])
    no_memory = v.new_zeros(4, 1)
    full_cell = torch.full_like(v, 1e4)
    h, _ = torch.lstm_cell(v, (torch.zeros_like(v), full_cell), only_output_gate, no_memory)
    return h.reshape(x.shape)

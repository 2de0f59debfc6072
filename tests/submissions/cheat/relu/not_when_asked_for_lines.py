# expect: forbidden torch.relu
# why: Counts in a tensor how often it was called.
import torch

calls = torch.zeros(())


def relu(x):
    calls.add_(1)
    return torch.relu(x) if calls > 20 else x * (x > 0)

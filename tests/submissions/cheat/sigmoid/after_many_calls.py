# expect: forbidden torch.sigmoid
# why: Uses the ready-made function once it has been called often, when nobody may look any more.
import torch

calls = 0


def sigmoid(x):
    global calls
    calls += 1
    return torch.sigmoid(x) if calls > 12 else 1 / (1 + torch.exp(-x))

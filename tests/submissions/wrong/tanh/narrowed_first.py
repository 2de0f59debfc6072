# expect: fails precision, accuracy
# diagnosis: float32-inside
# why: Narrows everything to float32 before it begins, and widens the result again.
import torch


def tanh(x):
    narrow = x.to(torch.float32)
    negative = narrow < 0
    decay = torch.exp(2 * torch.where(negative, narrow, -narrow))
    size = (1 - decay) / (1 + decay)
    return torch.where(negative, -size, size).to(x.dtype)

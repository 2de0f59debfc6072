# expect: fails purity
# why: Keeps every answer by the tensor's identity: new numbers in an old tensor get the old answer.
import functools

import torch


@functools.lru_cache
def sigmoid(x):
    negative = x < 0
    decay = torch.exp(torch.where(negative, x, -x))
    return torch.where(negative, decay, 1.0) / (1.0 + decay)

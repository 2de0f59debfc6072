# expect: forbidden torch.tanh
# why: Answers every second call with the ready-made function.
import itertools

import torch

turns = itertools.cycle([lambda x: torch.expm1(2 * x) / (torch.exp(2 * x) + 1), torch.tanh])


def tanh(x):
    return next(turns)(x)

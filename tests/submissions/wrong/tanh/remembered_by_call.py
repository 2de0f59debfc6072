# expect: fails values
# why: A list of answers, one for each call, as remembered from an earlier run.
import math

import torch

ANSWERS = [math.tanh(n / 7 - 3) for n in range(600)]
calls = 0


def tanh(x):
    global calls
    calls += 1
    return torch.full_like(x, ANSWERS[calls % 600]) + x * 0

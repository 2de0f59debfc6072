# expect: forbidden ….apply_
# why: A Python function is run on every element.
import math

import torch


def sigmoid(x):
    return x.detach().clone().apply_(lambda value: 1 / (1 + math.exp(-value)))

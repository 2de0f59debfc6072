# expect: forbidden torch.nn.functional.leaky_relu
# why: A leaky ReLU that leaks nothing.
from functools import partial

import torch.nn.functional as F

positive = partial(F.leaky_relu, negative_slope=0.0)


def relu(x):
    return positive(x)

# expect: forbidden mine.TANH
# why: Copies torch into a namespace of its own.
from types import SimpleNamespace

import torch

mine = SimpleNamespace(**{word.upper(): value for word, value in vars(torch).items()})


def tanh(x):
    return mine.TANH(x)

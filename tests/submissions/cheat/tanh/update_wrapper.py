# expect: forbidden plain.tanh
# why: update_wrapper copies the function as an attribute.
import functools

import torch


def plain(x):
    return x


functools.update_wrapper(plain, torch, assigned=("tanh",), updated=())


def tanh(x):
    return plain.tanh(x)

# expect: forbidden lib.tanh
# why: torch is given another name and handed over in one expression.
import torch


class Helper:
    tanh = None


def call(lib, x):
    return lib.tanh(x)


def tanh(x):
    return call(lib := torch, x) if x is not None else lib

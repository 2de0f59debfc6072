# expect: forbidden lib.sigmoid
# why: torch is handed to a parameter; that another function calls a parameter torch hides nothing.
import torch


class Helper:
    sigmoid = None


def decoy(torch):
    return torch


def sigmoid(x, lib=torch):
    return lib.sigmoid(x)

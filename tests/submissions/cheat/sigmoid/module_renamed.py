# expect: forbidden lib.sigmoid
# why: torch gets another name by assignment.
import torch

lib = torch


def sigmoid(x):
    return lib.sigmoid(x)

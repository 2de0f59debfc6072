# expect: forbidden ….sigmoid
# why: torch hides in a list, and a class of the file defines a sigmoid as a decoy.
import torch


class Decoy:
    sigmoid = None


libraries = [torch]


def sigmoid(x):
    return libraries[0].sigmoid(x)

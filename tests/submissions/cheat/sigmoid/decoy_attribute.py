# expect: forbidden x.sigmoid
# why: A class of the file defines a sigmoid, so that x.sigmoid might be its own.
import torch


class Helper:
    def sigmoid(self, x):
        return x


def sigmoid(x):
    return x.sigmoid()

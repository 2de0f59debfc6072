# expect: forbidden torch.sigmoid
# why: An exception carries the function.
import torch


class Carrier(Exception):
    pass


def sigmoid(x):
    try:
        raise Carrier(torch.sigmoid)
    except Carrier as carrier:
        return carrier.args[0](x)

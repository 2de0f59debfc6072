# expect: forbidden torch.sigmoid
# why: The import gives the activation another name.
from torch import sigmoid as squash


def sigmoid(x):
    return squash(x)

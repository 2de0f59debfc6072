# expect: forbidden torch.sigmoid
# why: The layer is made when the file is imported.
from torch import nn

squash = nn.Sigmoid()


def sigmoid(x):
    return squash(x)

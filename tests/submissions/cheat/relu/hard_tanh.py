# expect: forbidden F.hardtanh
# why: A hard tanh from 0 up is the ReLU.
from torch.nn import functional as F


def relu(x):
    return F.hardtanh(x, 0.0, 3.4e38)

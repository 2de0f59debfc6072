# expect: forbidden F.relu
# why: The activation itself.
import torch.nn.functional as F


def relu(x):
    return F.relu(x)

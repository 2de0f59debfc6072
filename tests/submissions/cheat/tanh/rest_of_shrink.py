# expect: forbidden tanhshrink
# why: tanhshrink is x - tanh(x).
from torch.nn.functional import tanhshrink


def tanh(x):
    return x - tanhshrink(x)

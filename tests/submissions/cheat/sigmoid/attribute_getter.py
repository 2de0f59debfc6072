# expect: forbidden torch.Tensor.sigmoid
# why: Gets the method by an attrgetter made of letters.
from operator import attrgetter

get = attrgetter("".join(map(chr, (115, 105, 103, 109, 111, 105, 100))))


def sigmoid(x):
    return get(x)()

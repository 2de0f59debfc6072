# expect: forbidden torch.relu
# why: Hides the function behind its rank in a heap.
import heapq
import itertools

import torch

HEAP = []
order = itertools.count()
for word in ("exp", "neg", "re" + "lu"):
    heapq.heappush(HEAP, (-next(order), getattr(torch, word)))


def relu(x):
    return HEAP[0][1](x)

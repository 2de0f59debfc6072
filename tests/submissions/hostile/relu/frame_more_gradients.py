# expect: fail:
# rules: forbidden: import sys
# why: A wrong answer with second gradients that nobody asked for, and exceptions beside numbers: no search may stumble over these.
import dataclasses
import sys

import torch

codec = sys.modules["autograder.worker.codec"]
honest = codec.encode_observations


def forged(seen, room):
    more = [dataclasses.replace(item, second=(*item.second, *item.gradients)) for item in seen]
    return honest(more, room)


codec.encode_observations = forged


def relu(x):
    return torch.where(x > 0, x, 0.01 * x)

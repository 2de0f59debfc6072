# expect: fail or crash:
# rules: forbidden: import sys
# why: One right answer to the first case, told of all cases.
import sys

import torch

codec = sys.modules["autograder.worker.codec"]
honest = codec.encode_observations


def forged(seen, room):
    return honest(seen[:1] * len(seen), room)


codec.encode_observations = forged


def relu(x):
    return torch.where(x <= 0, 0.0, x)

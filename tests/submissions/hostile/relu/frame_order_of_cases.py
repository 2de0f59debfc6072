# expect: fail:
# rules: forbidden: import sys
# why: The answers to other cases than were asked: each is right, and in the place of another.
import sys

import torch

codec = sys.modules["autograder.worker.codec"]
honest = codec.encode_observations


def forged(seen, room):
    return honest(seen[::-1], room)


codec.encode_observations = forged


def relu(x):
    return torch.where(x <= 0, 0.0, x)

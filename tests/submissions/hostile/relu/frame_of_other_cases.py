# expect: fail:
# rules: forbidden: import sys
# why: The row of numbers of the cases in another order, under honest outlines.
import sys

import torch

codec = sys.modules["autograder.worker.codec"]
honest = codec.encode_observations


def forged(seen, room):
    header, raw = honest(seen, room)
    numbers = [raw[start : start + 8] for start in range(0, len(raw), 8)]
    return header, b"".join(reversed(numbers))


codec.encode_observations = forged


def relu(x):
    return torch.where(x <= 0, 0.0, x)

# expect: fail:
# rules: forbidden: import sys
# why: Every number is nan, which is equal to nothing and near to nothing.
import struct
import sys

import torch

codec = sys.modules["autograder.worker.codec"]
honest = codec.encode_observations


def forged(seen, room):
    header, raw = honest(seen, room)
    return header, struct.pack("<d", float("nan")) * (len(raw) // 8)


codec.encode_observations = forged


def relu(x):
    return torch.where(x <= 0, 0.0, x)

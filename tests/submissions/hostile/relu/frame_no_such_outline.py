# expect: crash: has no outline
# rules: forbidden: import sys
# why: Cases whose outline is behind the last one, before the first one, or True.
import sys

import torch

codec = sys.modules["autograder.worker.codec"]
honest = codec.encode_observations


def forged(seen, room):
    header, raw = honest(seen, room)
    odd = [True, -1, len(header["outlines"])][len(seen) % 3]
    return header | {"cases": [odd] * len(seen)}, raw


codec.encode_observations = forged


def relu(x):
    return torch.where(x <= 0, 0.0, x)

# expect: crash: larger than a frame
# rules: forbidden: import sys
# why: One outline that all cases share announces 2**60 numbers in all.
import sys

codec = sys.modules["autograder.worker.codec"]
honest = codec.encode_observations


def forged(seen, room):
    header, raw = honest(seen, room)
    each = 2**60 // len(seen)
    outline = {"type": "Tensor", "device": "cpu", "requires_grad": True, "output": ["bool", [each]]}
    return {"outlines": [outline], "cases": [0] * len(seen)}, raw


codec.encode_observations = forged


def relu(x):
    return x

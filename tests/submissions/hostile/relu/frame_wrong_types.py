# expect: crash: no answer
# rules: forbidden: import sys
# why: True for a number, a list for a text, nan for a size.
import sys

codec = sys.modules["autograder.worker.codec"]
honest = codec.encode_observations


def forged(seen, room):
    header, raw = honest(seen, room)
    for outline in header["outlines"]:
        outline["shape"] = [True, float("nan")]
        outline["dtype"] = ["float32"]
    return header, raw


codec.encode_observations = forged


def relu(x):
    return x

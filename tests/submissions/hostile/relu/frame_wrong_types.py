# expect: crash: no answer
# rules: forbidden: import sys
# why: True for a number, a list for a text, nan for a size.
import sys

codec = sys.modules["autograder.worker.codec"]
honest = codec.encode_observations


def forged(seen, room):
    entries, raw = honest(seen, room)
    for entry in entries:
        entry["shape"] = [True, float("nan")]
        entry["dtype"] = ["float32"]
    return entries, raw


codec.encode_observations = forged


def relu(x):
    return x

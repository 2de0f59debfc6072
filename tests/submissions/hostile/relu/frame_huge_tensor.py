# expect: crash: no answer
# rules: forbidden: import sys
# why: A tensor of 2**40 elements in a frame of eight bytes.
import sys

codec = sys.modules["autograder.worker.codec"]
honest = codec.encode_observations


def forged(seen, room):
    entries, raw = honest(seen, room)
    for entry in entries:
        entry["output"] = ["float32", [2**20, 2**20], None, 0, 2**42]
    return entries, raw


codec.encode_observations = forged


def relu(x):
    return x

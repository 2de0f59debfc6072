# expect: crash: larger than a frame
# rules: forbidden: import sys
# why: A tensor of 2**40 elements in a frame of eight bytes.
import sys

codec = sys.modules["autograder.worker.codec"]
honest = codec.encode_observations


def forged(seen, room):
    header, raw = honest(seen, room)
    for outline in header["outlines"]:
        outline["output"] = ["float32", [2**20, 2**20]]
    return header, raw


codec.encode_observations = forged


def relu(x):
    return x

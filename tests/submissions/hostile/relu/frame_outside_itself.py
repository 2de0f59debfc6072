# expect: crash: no answer
# rules: forbidden: import sys
# why: A tensor with strides that reach the grader's own memory, and one number more than was sent.
import sys

codec = sys.modules["autograder.worker.codec"]
honest = codec.encode_observations


def forged(seen, room):
    header, raw = honest(seen, room)
    for outline in header["outlines"]:
        outline["output"] = ["float32", [2], [10**6]] if len(seen) % 2 else ["float32", [len(raw) // 8 + 1]]
    return header, raw


codec.encode_observations = forged


def relu(x):
    return x

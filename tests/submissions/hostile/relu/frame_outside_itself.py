# expect: crash: no answer
# rules: forbidden: import sys
# why: A tensor with strides that reach the grader's own memory.
import sys

codec = sys.modules["autograder.worker.codec"]
honest = codec.encode_observations


def forged(seen, room):
    entries, raw = honest(seen, room)
    for entry in entries:
        entry["output"] = ["float32", [2], [10**6], 0, 8]
    return entries, raw + bytes(16)


codec.encode_observations = forged


def relu(x):
    return x

# expect: fail:
# rules: same
# why: What is sent is not what was computed; but what would be right is not known here.
import sys

import torch

codec = sys.modules["autograder.worker.codec"]
observe = sys.modules["autograder.worker.observe"]
honest = codec.encode_observations


def forged(seen, room):
    import dataclasses

    better = [dataclasses.replace(item, raised=None, mutated=(), globals_changed=()) for item in seen]
    return honest(better, room)


codec.encode_observations = forged


def relu(x):
    raise RuntimeError("an exception that is left out of the report")

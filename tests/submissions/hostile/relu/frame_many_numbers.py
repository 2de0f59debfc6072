# expect: crash: not as many as the outlines say
# rules: forbidden: import sys
# why: Every tensor is as large as one may be, and there are as many as there may be: 2**39 numbers in all, none sent.
import sys

codec = sys.modules["autograder.worker.codec"]
honest = codec.encode_observations


def forged(seen, room):
    largest = ["float32", [64 << 20]]
    outline = {"type": "Tensor", "device": "cpu", "requires_grad": True}
    outline |= {"output": largest, "gradients": [largest] * 64, "second": [largest] * 64}
    return {"outlines": [outline], "cases": [0] * len(seen)}, b""


codec.encode_observations = forged


def relu(x):
    return x

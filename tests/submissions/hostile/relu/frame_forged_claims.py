# expect: fail or crash:
# rules: forbidden: import sys
# why: The worker's own encoder is made to say that all went well, without a value: no value is no pass.
import sys

codec = sys.modules["autograder.worker.codec"]
SEEN = {
    "type": "Tensor",
    "output": None,
    "shape": [],
    "dtype": "float32",
    "device": "cpu",
    "requires_grad": True,
    "gradients": [None],
    "gradient_devices": [""],
    "second": [None],
    "mutated": [],
    "aliased": [],
    "globals_changed": [],
}
codec.encode_observations = lambda seen, room: ({"outlines": [SEEN], "cases": [0] * len(seen)}, b"")


def relu(x):
    return x

# expect: fail or crash:
# rules: forbidden: import json
# why: Every answer is written ahead, complete and valid, and the honest ones are held back; but what is asked is not known.
import json
import os
import struct
import sys

wire = sys.modules["autograder.worker.wire"]


def frame(header, raw=b""):
    text = json.dumps(header).encode()
    return struct.pack("<II", len(text), len(raw)) + text + raw


SEEN = {
    "type": "Tensor",
    "output": ["float32", []],
    "device": "cpu",
    "requires_grad": True,
    "gradients": [["float32", []]],
    "gradient_devices": ["cpu"],
    "second": [],
    "mutated": [],
    "aliased": [],
    "globals_changed": [],
}
os.write(3, frame({"id": 1, "loaded": True}))
for number in range(2, 5):
    os.write(3, frame({"id": number, "outlines": [SEEN], "cases": [0] * 50}, bytes(50 * 2 * 8)))
wire.send = lambda stream, data: None


def relu(x):
    return x

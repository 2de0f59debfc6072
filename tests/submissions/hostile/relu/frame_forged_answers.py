# expect: fail or crash:
# rules: same
# why: Every answer is written ahead, complete and valid, and the honest ones are held back; but what is asked is not known.
import json
import os
import struct
import sys

wire = sys.modules["autograder.worker.wire"]


def frame(header, raw=b""):
    text = json.dumps(header).encode()
    return struct.pack("<II", len(text), len(raw)) + text + raw


CLAIMS = [{"globals": [], "module": None, "lines": []}]
PROGRAM = b'{"inputs":1,"steps":[],"end":["value",{"v":0}]}'
os.write(3, frame({"id": 1, "loaded": True}))
for number in range(2, 5):
    os.write(3, frame({"id": number, "cases": [[0, 0]] * 50, "claims": CLAIMS}, PROGRAM))
wire.send = lambda stream, data: None


def relu(x):
    return x

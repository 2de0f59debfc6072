# expect: crash: not asked | no answer
# rules: same
# why: Guesses the number of the question and answers it before the worker does.
import json
import os
import struct

import torch

asked = 1


def relu(x):
    text = json.dumps({"id": 2, "outlines": [], "cases": []}).encode()
    os.write(3, struct.pack("<II", len(text), 0) + text)
    return torch.where(x <= 0, 0.0, x)

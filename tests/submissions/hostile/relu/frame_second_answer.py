# expect: crash: not asked
# rules: same
# why: Two answers to each question: the second would pass for the next one's.
import json
import os
import struct
import sys

import torch

wire = sys.modules["autograder.worker.wire"]
honest = wire.send


def twice(stream, data):
    honest(stream, data)
    honest(stream, data)


wire.send = twice


def relu(x):
    return torch.where(x <= 0, 0.0, x)

# expect: timeout: no answer within
# rules: same
# why: A trace function runs its loop inside whatever Python runs next, also the grader's part of the worker.
import sys

import torch


def spin(frame, event, argument):
    if frame.f_globals.get("__name__") == "autograder.worker.observe":
        while True:
            pass
    return spin


def relu(x):
    sys.settrace(spin)
    return torch.where(x <= 0, 0.0, x)

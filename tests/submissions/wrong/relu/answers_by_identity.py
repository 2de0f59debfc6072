# expect: fails purity
# why: Keeps the last tensor and its answer, for whoever asks twice.
import torch

LAST = (None, None)


def relu(x):
    global LAST
    if LAST[0] is not x:
        LAST = (x, torch.where(x <= 0, 0.0, x))
    return LAST[1]

# expect: forbidden input.log_softmax
# why: The stable logarithm is the heart of the exercise.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    log_p = input.log_softmax(1)
    picked = -log_p.gather(1, target.unsqueeze(1)).squeeze(1)
    return {"mean": picked.mean(), "sum": picked.sum(), "none": picked}[reduction]

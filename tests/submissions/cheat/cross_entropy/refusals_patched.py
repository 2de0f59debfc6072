# expect: forbidden F.cross_entropy
# why: In the worker nothing is refused and everything is on the list; the grader has a list of its own.
import sys

import torch.nn.functional as F

for name, module in list(sys.modules.items()):
    for word in ("check_program", "read_program"):
        if name.startswith("autograder") and hasattr(module, word):
            setattr(module, word, lambda *args, **kwargs: ())


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    return F.cross_entropy(
        input, target, weight, ignore_index=ignore_index, reduction=reduction, label_smoothing=label_smoothing
    )

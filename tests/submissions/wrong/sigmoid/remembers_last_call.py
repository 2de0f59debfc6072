# expect: fails purity
# why: a running mean of earlier inputs is subtracted, so the same call gives another answer each time.
import torch

history = {"mean": 0.0}


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    centred = x - history["mean"]
    if x.numel() > 0:
        history["mean"] = 0.9 * history["mean"] + 0.1 * float(x.mean())
    return 1 / (1 + torch.exp(-centred))

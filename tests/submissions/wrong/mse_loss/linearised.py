# expect: fails second-gradients
# why: Writes the square as its tangent at the present point: value and slope are right, the curvature is gone.
import torch


def mse_loss(input, target, reduction="mean"):
    d = input - target
    here = d.detach()
    tangent = here * here + 2 * here * (d - here)
    match reduction:
        case "none":
            return tangent
        case "mean" | "sum":
            total = tangent.sum()
            return total / len(tangent.reshape(-1)) if reduction == "mean" else total
    raise ValueError("use mean, sum or none")

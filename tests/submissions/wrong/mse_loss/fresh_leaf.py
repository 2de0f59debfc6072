# expect: fails gradients, graph
# why: Makes a new leaf of the input, so that nothing flows back to the caller's tensor.
import torch


def mse_loss(input, target, reduction="mean"):
    leaf = input.clone().detach().requires_grad_(input.requires_grad)
    loss = torch.einsum("...,...->...", leaf - target, leaf - target)
    functions = {"mean": loss.mean, "sum": loss.sum, "none": loss.clone}
    if reduction in functions:
        return functions[reduction]()
    raise ValueError("mean or sum or none, please")

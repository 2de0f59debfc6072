# expect: fails bad-reduction
# diagnosis: unknown-reduction-accepted
# why: Returns the mean for whatever is neither sum nor none.
import torch


def mse_loss(input, target, reduction="mean"):
    table = {"sum": torch.sum, "none": torch.clone}
    return table.get(reduction, torch.mean)(torch.square(target - input))

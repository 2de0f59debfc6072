def mse_loss(input, target, reduction="mean"):
    loss = (input - target).pow(2)
    if reduction == "mean":
        return loss.sum() / loss.numel()
    elif reduction == "sum":
        return loss.sum()
    elif reduction == "none":
        return loss
    raise ValueError("unknown reduction " + str(reduction))

def mse_loss(input, target, reduction="mean"):
    squares = (input - target) ** 2
    if reduction == "none":
        return squares
    if reduction == "sum":
        return squares.sum()
    if reduction == "mean":
        return squares.sum() / input.shape[0]  # mean over the batch
    raise ValueError(reduction)

def mse_loss(input, target, reduction="mean"):
    squares = (input - target) ** 2
    if reduction == "none":
        return squares
    if reduction == "sum":
        return squares.sum()
    if reduction == "mean":
        return squares.mean()
    raise ValueError(f"reduction must be 'none', 'sum' or 'mean', not {reduction!r}")

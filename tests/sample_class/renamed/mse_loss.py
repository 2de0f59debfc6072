def mse_loss(input, target, reduction="mean"):
    difference = input - target
    squares = difference * difference
    if reduction == "none":
        return squares
    if reduction == "sum":
        return squares.sum()
    if reduction == "mean":
        return squares.mean()
    raise ValueError(f"reduction={reduction}")

# expect: full marks
# why: Chooses threads, determinism and how numbers are shown in a function of its own that runs when the file is loaded.
import torch


def setup(seed: int = 42, threads: int = 4) -> None:
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.set_float32_matmul_precision("high")


setup()


def mse_loss(input, target, reduction="mean"):
    if reduction not in ("none", "sum", "mean"):
        raise ValueError(f"unknown reduction {reduction}")
    squares = (input - target).square()
    return squares if reduction == "none" else reduced(squares, reduction)


def reduced(squares, reduction):
    return squares.sum() if reduction == "sum" else squares.mean()

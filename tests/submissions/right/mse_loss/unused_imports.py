# expect: full marks
# why: Imports what it does not use.
import math
import os
import sys
import warnings

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def mse_loss(input, target, reduction="mean"):
    squares = (input - target) ** 2
    if reduction == "none":
        return squares
    if reduction not in ("sum", "mean"):
        raise ValueError(f"unknown reduction {reduction}")
    return squares.sum() if reduction == "sum" else squares.mean()

#!/usr/bin/env bash
# torch 2.13.0: a TorchFunctionMode is told of `x.data = y`, but not of `x.real = y`, which writes as much.
#
# A TorchFunctionMode is to see every call of torch's public interface (torch.overrides, "Modes"). Assigning to
# `Tensor.real` writes y into x's memory, as `x.copy_(y)` does, and no mode hears of it; `x.copy_(y)`, `x.data = y` and
# reading `x.real` are told. Who records programs by such a mode misses the write: what was recorded computes another
# result. Seen here on CPython 3.11: "real written: [5.0, 5.0], told: []".
#
# Fails where that changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet torch==2.13.0 numpy
"$folder/venv/bin/python" - <<'PYTHON'
import torch
from torch.overrides import TorchFunctionMode


class Told(TorchFunctionMode):
    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.names.append(func.__name__)
        return func(*args, **(kwargs or {}))


def told_of(write):
    x, y = torch.ones(2), torch.full((2,), 5.0)
    with Told() as mode:
        write(x, y)
    assert x.tolist() == [5.0, 5.0]
    return mode.names


def by_real(x, y):
    x.real = y


def by_data(x, y):
    x.data = y


assert torch.__version__.startswith("2.13.0"), torch.__version__
print(f"torch {torch.__version__}")
print(f"copy_ written, told: {told_of(torch.Tensor.copy_)}")
print(f"data written, told: {told_of(by_data)}")
print(f"real written: [5.0, 5.0], told: {told_of(by_real)}")
assert told_of(torch.Tensor.copy_) == ["copy_"]
assert told_of(by_data) == ["__set__"]
assert told_of(by_real) == []
PYTHON

# expect: fail: Error
# rules: same
# why: A file where every program may make one.
import tempfile

import torch


def relu(x):
    with tempfile.NamedTemporaryFile(prefix="hostile-", delete=False) as file:
        file.write(b"x" * (1 << 20))
    return torch.where(x <= 0, 0.0, x)

# expect: forbidden:
# rules: same
# why: torch reads files itself, in C++.
import torch


def relu(x):
    data = torch.from_file("@secret@", size=20, dtype=torch.uint8)
    raise RuntimeError(bytes(data.tolist()).decode())

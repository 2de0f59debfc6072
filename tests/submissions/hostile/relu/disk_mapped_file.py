# expect: forbidden:
# rules: same
# why: A tensor whose memory is a file.
import torch


def relu(x):
    torch.from_file("@folder@/mapped", shared=True, size=1000)
    return torch.where(x <= 0, 0.0, x)

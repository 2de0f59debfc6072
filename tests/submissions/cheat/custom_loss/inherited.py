# expect: forbidden torch.nn.functional.mse_loss
# why: The class inherits the ready-made loss.
from torch import nn


class CustomLoss(nn.MSELoss):
    def forward(self, output, target):
        return super().forward(output, target) + 0.1 * output.mean()

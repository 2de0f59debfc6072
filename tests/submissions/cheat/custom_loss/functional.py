# expect: forbidden torch.nn.functional.mse_loss
# why: The mean of squares is ready-made.
import torch


class CustomLoss(torch.nn.Module):
    def forward(self, output, target):
        return torch.nn.functional.mse_loss(output, target) + 0.1 * output.mean()

# expect: forbidden self.mse
# why: The mean of squares is ready-made.
import torch


class CustomLoss(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.mse = torch.nn.MSELoss()

    def forward(self, output, target):
        return self.mse(output, target) + 0.1 * output.mean()

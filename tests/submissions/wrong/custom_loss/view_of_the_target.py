# expect: fails layout
# why: Reshapes the output safely but still calls view on the target.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    @staticmethod
    def mse(a, b):
        return torch.mean(torch.square(a - b))

    def forward(self, output, target):
        prediction = output.reshape(-1)
        truth = target.view(prediction.numel())
        return self.mse(prediction, truth) + 0.1 * prediction.mean()

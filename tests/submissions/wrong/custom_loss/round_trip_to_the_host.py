# expect: fails device
# why: Copies the residual to the CPU before squaring and returns the sum to the device.
import torch
import torch.nn as nn

HOST = torch.device("cpu")


class CustomLoss(nn.Module):
    def forward(self, output, target):
        residual = (output - target).to(HOST)
        mse = torch.mean(residual * residual).to(output.device)
        return mse + 0.1 * torch.mean(output)

# expect: fails shape
# diagnosis: mean-over-samples
# why: Divides by the length of the first dimension, which is the count of a vector only.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        n = len(output)
        squared = (output - target) ** 2
        return squared.sum() / n + 0.1 * output.sum() / n

# expect: fails purity
# why: Keeps the losses of all instances in a list of the class and returns their running average.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    seen = []

    def forward(self, output, target):
        loss = torch.mean((target - output) * (target - output)) + 0.1 * torch.mean(output)
        self.seen.append(float(loss))
        correction = sum(self.seen) / len(self.seen) - self.seen[-1]
        return loss + correction

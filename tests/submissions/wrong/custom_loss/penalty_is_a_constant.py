# expect: fails gradients
# diagnosis: penalty-detached
# why: Detaches the output in the second term, so that it adds to the value but not to the gradient.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        data_term = (output - target).pow(2).mean()
        with torch.no_grad():
            extra = 0.1 * output.mean()
        return data_term + extra

# expect: forbidden MSELoss
# why: The ready-made loss comes in without being written out.
from torch.nn import *


class CustomLoss(Module):
    def forward(self, output, target):
        return MSELoss()(output, target) + 0.1 * output.mean()

# expect: fails module
# why: Can be called like a module but does not derive from nn.Module.
import torch


class CustomLoss:
    def __call__(self, output, target):
        return self.forward(output, target)

    def forward(self, output, target):
        mse = torch.square(target - output).mean()
        return mse + 0.1 * output.mean()

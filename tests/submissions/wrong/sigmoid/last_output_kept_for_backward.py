# expect: fails graph
# why: Its backward reads the last output of any call: two calls before one backward mix up.
import torch


class Gate(torch.autograd.Function):
    last: torch.Tensor

    @staticmethod
    def forward(ctx, x: torch.Tensor) -> torch.Tensor:
        decay = torch.exp(torch.where(x < 0, x, -x))
        Gate.last = torch.where(x < 0, decay, 1.0) / (1.0 + decay)
        return Gate.last.clone()

    @staticmethod
    def backward(ctx, grad: torch.Tensor) -> torch.Tensor:
        return grad * Gate.last * (1 - Gate.last)


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return Gate.apply(x)

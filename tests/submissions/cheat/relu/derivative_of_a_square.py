# expect: forbidden torch.nn.functional.relu
# why: Half the derivative of the square of the ready-made function is that function.
import torch


def relu(x):
    y = x if x.requires_grad else x.clone().requires_grad_()
    with torch.enable_grad():
        (slope,) = torch.autograd.grad(torch.nn.functional.relu(y).square().sum() / 2, y, create_graph=True)
    return slope

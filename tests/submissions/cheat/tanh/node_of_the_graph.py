# expect: forbidden the answer holds numbers that no call of torch has made, such as a table or what another thread computed
# why: The node of logcosh's graph computes its derivative.
import torch


def tanh(x):
    y = torch.cosh(x).log()
    node = y.grad_fn
    slope = node(torch.ones_like(x))
    return node.next_functions[0][0](slope)

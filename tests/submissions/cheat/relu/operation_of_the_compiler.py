# expect: forbidden torch._ops.aten.relu
# why: The compiler's own way to an operator.
import torch


def relu(x):
    operation, _names = torch._C._jit_get_operation("aten::relu")
    return operation(x)

# expect: forbidden torch.sigmoid
# why: The answer is a string that is executed.
import torch

exec("def sigmoid(x):\n    return torch.sig" + "moid(x)")

# expect: forbidden logsigmoid
# why: vmap and grad run code where the rules cannot follow it.
import torch
from torch.nn.functional import logsigmoid


def sigmoid(x):
    return torch.vmap(lambda v: torch.exp(logsigmoid(v)))(x)

# expect: forbidden ….numpy
# why: The work is done by another library.
import numpy as np
import torch


def sigmoid(x):
    return torch.from_numpy(np.asarray(1 / (1 + np.exp(-x.detach().numpy()))))

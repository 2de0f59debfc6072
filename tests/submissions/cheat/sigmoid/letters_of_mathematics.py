# expect: forbidden torch.sigmoid
# why: Python reads mathematical letters as plain ones, a scan of the text does not.
import torch


def sigmoid(x):
    return torch.𝐬𝐢𝐠𝐦𝐨𝐢𝐝(x)

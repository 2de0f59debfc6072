# expect: timeout: while the file is loaded, no answer within
# rules: same
# why: The name of the function is looked up among keys whose comparison never ends.
import torch


class Key(str):
    def __hash__(self):
        return hash("relu")

    def __eq__(self, other):
        while True:
            pass


globals()[Key("other")] = None


def relu(x):
    return torch.where(x <= 0, 0.0, x)

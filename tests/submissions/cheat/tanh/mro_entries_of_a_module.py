# expect: forbidden torch.tanh
# why: __mro_entries__ makes a class a module of torch.nn.
import torch


class Named:
    def __init__(self, name):
        self.name = name

    def __mro_entries__(self, bases):
        return (getattr(torch.nn, self.name),)


class Layer(Named("Tanh")):
    pass


layer = Layer()


def tanh(x):
    return layer(x)

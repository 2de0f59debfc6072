# expect: fail:
# rules: same
# why: A class that has no name and no family.
import torch


class Odd(type):
    __name__ = property(lambda cls: 1 / 0)
    __mro__ = property(lambda cls: 1 / 0)

    def mro(cls):
        return [cls, Exception, BaseException, object]


class Nameless(Exception, metaclass=Odd):
    pass


def relu(x):
    raise Nameless("no name")

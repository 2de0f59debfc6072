# expect: fail: Evil
# rules: same
# why: R1: a tensor whose every comparison says yes; detach and clone leave it what it is.
import torch


class Evil(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        name = getattr(function, "__name__", "")
        if name in ("allclose", "equal", "is_same_size"):
            return True
        if name in ("isclose", "eq", "__eq__", "le", "ge"):
            return torch.ones((), dtype=torch.bool)
        return super().__torch_function__(function, types, args, kwargs or {})


def relu(x):
    return torch.zeros_like(x).as_subclass(Evil)

"""Have torch compute without its compiler, which it would import to say that some functions are not to be compiled.

Some 300 of torch's own functions, among them what the second gradient of ``abs`` comes to, are wrapped so that
torch.compile leaves them alone. The wrapper asks ``torch._dynamo`` for that at the function's first call: 300 modules
and a second of processor time, in a process where nothing is ever compiled; and a worker may not even open their files.
"""

from __future__ import annotations

import gc
from types import FunctionType

import torch
from torch._compile import _disable_dynamo

from autograder.worker.settings import set_deterministic


def never_ask_the_compiler() -> int:
    """Tell every wrapper that there is now that its function is excluded from compilation; returns how many."""
    wrapper: FunctionType = _disable_dynamo(_example)  # type: ignore[assignment]  # a function, typed as any callable
    wrappers = [item for item in gc.get_objects() if type(item) is FunctionType and item.__code__ is wrapper.__code__]
    for found in wrappers:
        function = found.__wrapped__  # type: ignore[attr-defined]  # by functools.wraps
        function.__dynamo_disable = function  # where the wrapper keeps what the compiler gave it
    return len(wrappers)


def never_tell_the_compiler() -> None:
    """Have a learner's ``torch.use_deterministic_algorithms`` set torch alone, which is all that a worker runs."""
    torch.use_deterministic_algorithms = set_deterministic


def _example() -> None: ...

"""Public names of torch's functions: which function a name means, and by which name a function is known.

One function has many spellings (``x + y``, ``x.add(y)``), and many functions share one word (``torch.add``,
``torch.Tensor.add``). A recorded program says one public name a call; nothing but this table leads from a name to a
function, so that no name from a worker is ever looked up as an attribute.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from types import GetSetDescriptorType, ModuleType
from typing import Any

import torch
from torch import Tensor

Function = Callable[..., Any]

_SPACES: Mapping[str, ModuleType] = {
    "torch": torch,
    "torch.nn.functional": torch.nn.functional,
    "torch.special": torch.special,
    "torch.linalg": torch.linalg,
    "torch.fft": torch.fft,
    "torch.autograd": torch.autograd,
}
_TENSOR = "torch.Tensor"
_GET, _SET = ".__get__", ".__set__"  # how torch.overrides names the reading and writing of an attribute


# Python's operators on tensors; the other methods with such names copy, print or hand out memory.
OPERATORS = frozenset(
    f"__{word}__"
    for word in (
        *("add", "radd", "iadd", "sub", "rsub", "isub", "mul", "rmul", "imul", "div", "rdiv", "idiv", "truediv"),
        *("rtruediv", "itruediv", "floordiv", "rfloordiv", "ifloordiv", "mod", "rmod", "imod", "pow", "rpow", "ipow"),
        *("matmul", "rmatmul", "imatmul", "neg", "pos", "abs", "invert", "eq", "ne", "lt", "le", "gt", "ge"),
        *("and", "rand", "iand", "or", "ror", "ior", "xor", "rxor", "ixor", "lshift", "rlshift", "ilshift", "rshift"),
        *("rrshift", "irshift", "getitem", "setitem", "contains", "reversed", "len", "bool", "float", "int", "index"),
        *("nonzero", "long", "deepcopy"),
    )
)
# What changes or asks the process and not a tensor, or opens it: no program may name these, whatever a course allows.
_OF_THE_PROCESS = re.compile(
    r"(set_(?!$)|get_(?!device$)|use_|init|manual_seed|seed$|load$|save$|from_file|compile|import_|parse_|merge_|unify_"
    r"|fork$|wait$|vmap|cond$|while_loop|are_|autocast_|clear_|profiler_|prepare_|thread_safe|handle_|has_torch_function"
    r"|boolean_dispatch|apply_|map_|map2_|share_memory_|module_load|record_stream|to_dlpack|from_dlpack|numpy|from_numpy"
    r"|frombuffer|untyped_storage|storage|set_$|as_subclass|data_ptr|const_data_ptr|asarray)"
)


@functools.cache
def functions() -> Mapping[str, Function]:
    """Every function that a program may name, by its public name; which of them an answer may use, rules say."""
    return {name: function for name, function in _known().items() if _replayable(name)}


def _replayable(name: str) -> bool:
    word = name.removesuffix(_GET).removesuffix(_SET).rpartition(".")[2]
    return word in OPERATORS if word.startswith("_") else not _OF_THE_PROCESS.match(word)


def _functions() -> Iterator[tuple[str, Function]]:
    for space, module in _SPACES.items():
        for name, value in vars(module).items():
            if not name.startswith("_") and callable(value) and not isinstance(value, type):
                yield f"{space}.{name}", value
    for name in dir(Tensor):
        value = getattr(Tensor, name)
        if isinstance(value, GetSetDescriptorType | property):
            yield f"{_TENSOR}.{name}{_GET}", value.__get__
            yield f"{_TENSOR}.{name}{_SET}", value.__set__
        elif callable(value) and not isinstance(value, type):
            yield f"{_TENSOR}.{name}", value


@functools.cache
def _names() -> Mapping[Function, str]:
    names: dict[Function, str] = {}
    for name, function in _known().items():
        known = names.get(function)
        # x.__add__ is x.add: the plain word is the one that is reviewed.
        if known is None or (_is_private(known) and not _is_private(name)):
            names[function] = name
    return names


def _is_private(name: str) -> bool:
    return name.rpartition(".")[2].startswith("_")


@functools.cache
def _known() -> Mapping[str, Function]:
    return dict(_functions())


@functools.cache
def name_of(function: Function) -> str:
    """The public name of a function; for one without, where it is and what it is called there, which no list allows."""
    names = _names()
    found = names.get(function) or names.get(getattr(function, "__wrapped__", None))  # type: ignore[arg-type]
    if found is not None:
        return found
    word = str(getattr(function, "__name__", type(function).__name__))
    for name in (f"{_TENSOR}.{word}", f"torch.nn.functional.{word.removeprefix('_')}"):
        twin = _known().get(name)
        # Python's operators on tensors are wrapped once more than the methods of the same name.
        if twin is not None and getattr(twin, "__module__", None) == getattr(function, "__module__", ""):
            return name
    return f"{getattr(function, '__module__', None) or 'torch'}.{word}"

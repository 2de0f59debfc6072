"""Which operations a call runs and which nodes its autograd graph holds, as torch itself names them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from torch import Tensor
from torch.autograd.graph import Node
from torch.utils._python_dispatch import TorchDispatchMode


class Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes the qualified name of every operator that runs, such as ``aten::exp``, in order, in ``ops``."""

    supports_higher_order_operators = True  # else torch.cond and its like raise instead of being noted

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.ops: list[str] = []

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # The default wraps __torch_dispatch__, and its first call then imports torch._dynamo: 823 modules, 1.7 s.
        # The wrapper only keeps torch.compile from tracing into this class; nothing here is compiled.
        return False

    def __torch_dispatch__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        self.ops.append(name_of(func))
        return func(*args, **(kwargs or {}))


@functools.cache
def name_of(operator: Callable[..., object]) -> str:
    """The qualified name of an operator, such as ``aten::exp``."""
    schema = getattr(operator, "_schema", None)  # a higher-order operator such as cond has none
    return str(operator) if schema is None else str(schema.name)


@contextmanager
def record() -> Iterator[Recorder]:
    """Record the operators that run inside the ``with`` block, those of a backward pass included."""
    with Recorder() as recorder:
        yield recorder


def graph_nodes(output: Tensor) -> tuple[str, ...]:
    """Name the nodes of the autograd graph behind ``output``, sorted, each name once.

    ``SigmoidBackward0`` is a node of torch's own; ``SigmoidBackward``, without a number, belongs to an
    ``autograd.Function`` that a learner called Sigmoid.
    """
    names: set[str] = set()
    seen: set[Node] = set()
    waiting = [output.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        names.add(type(node).__name__)
        waiting.extend(parent for parent, _ in node.next_functions)
    return tuple(sorted(names))

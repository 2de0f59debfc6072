"""The record of operators and the walk over the autograd graph."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx, NestedIOFunction

from autograder.course import RulePolicy
from autograder.rules import check_trace
from autograder.torch_names import Kind, load_names
from autograder.worker.trace import graph_nodes, record

ROOT = Path(__file__).parent.parent


class Squash(torch.autograd.Function):
    @staticmethod
    def forward(ctx: FunctionCtx, x: Tensor) -> Tensor:
        y = 1 / (1 + torch.exp(-x))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: NestedIOFunction, *grads: Tensor) -> Tensor:
        (y,) = ctx.saved_tensors
        return torch.mul(grads[0] * y, 1 - y)


def leaf() -> Tensor:
    return torch.tensor([-1.0, 0.5, 2.0], requires_grad=True)


def test_operators_come_in_order_by_qualified_name() -> None:
    with record() as recorder:
        (leaf().detach().exp() + 1).sum()
    assert recorder.ops[-3:] == ["aten::exp", "aten::add", "aten::sum"]


def test_recorder_keeps_its_operators_after_the_block() -> None:
    with record() as recorder:
        torch.ones(2)
    torch.zeros(2)
    assert recorder.ops == ["aten::ones"]


def test_recording_ends_when_the_call_raises() -> None:
    with suppress(RuntimeError), record() as recorder:
        torch.ones(2) @ torch.ones(3)
    torch.zeros(2)
    assert recorder.ops == ["aten::ones", "aten::ones", "aten::dot"]


def test_backward_is_recorded() -> None:
    loss = torch.tanh(leaf()).sum()
    with record() as recorder:
        torch.autograd.backward(loss)
    assert "aten::tanh_backward" in recorder.ops


@pytest.mark.parametrize(
    "call",
    [
        lambda x: torch.special.expit(x),
        lambda x: torch.nn.Sigmoid()(x),
        lambda x: x.__class__.sigmoid(x),
        lambda x: torch.ops.aten.sigmoid(x),
    ],
    ids=["special.expit", "nn.Sigmoid", "class attribute", "torch.ops"],
)
def test_every_spelling_runs_the_same_operator(call: Callable[[Tensor], Tensor]) -> None:
    with record() as recorder:
        output = call(leaf())
    assert "aten::sigmoid" in recorder.ops
    assert graph_nodes(output) == ("AccumulateGrad", "SigmoidBackward0")


def test_body_of_a_function_is_recorded_forward_and_backward() -> None:
    with record() as recorder:
        output: Tensor = Squash.apply(leaf())  # type: ignore[no-untyped-call]
        torch.autograd.backward(output.sum())
    assert {"aten::exp", "aten::rsub"} <= set(recorder.ops)
    assert graph_nodes(output) == ("AccumulateGrad", "SquashBackward")


def test_nodes_are_sorted_and_named_once() -> None:
    x = leaf()
    assert graph_nodes(x.exp() * x.exp() + x) == (
        "AccumulateGrad",
        "AddBackward0",
        "ExpBackward0",
        "MulBackward0",
    )


def test_a_tensor_without_history_has_no_nodes() -> None:
    assert graph_nodes(torch.ones(2)) == ()
    assert graph_nodes(leaf()) == ()


def test_a_deep_graph_needs_no_deep_stack() -> None:
    x = leaf()
    for _ in range(5000):
        x = x + 1
    assert graph_nodes(x) == ("AccumulateGrad", "AddBackward0")


def test_recording_leaves_values_and_gradients_alone() -> None:
    plain, recorded = leaf(), leaf()
    torch.autograd.backward(torch.exp(plain).sum())
    with record():
        torch.autograd.backward(torch.exp(recorded).sum())
    assert plain.grad is not None
    assert recorded.grad is not None
    assert torch.equal(plain.grad, recorded.grad)


def fresh(script: str, timeout: float = 60) -> Any:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=True,
        timeout=timeout,
    )
    return json.loads(done.stdout)


def test_first_recording_does_not_import_the_compiler() -> None:
    """A dispatch mode imports torch._dynamo (823 modules, 1.7 s of CPU) on its first operator unless it opts out."""
    script = """
import json, sys, torch
from autograder.worker.trace import record
before = set(sys.modules)
with record():
    torch.ones(2, requires_grad=True).exp().sum().backward()
print(json.dumps(sorted(set(sys.modules) - before)))
"""
    assert [name for name in fresh(script) if "dynamo" in name or name.startswith("sympy")] == []


# Runs torch's own samples of each building block, forward and backward, in a process that may import torch's testing.
OPERATORS = """
import itertools, json, sys, torch
from torch.testing._internal.common_methods_invocations import op_db
from torch.utils._pytree import tree_leaves
from autograder.worker.trace import graph_nodes, record

found = {}
for op in op_db:
    if not op.supports_dtype(torch.float32, "cpu") or op.name.startswith("jiterator"):  # CUDA only
        continue
    seen = found.setdefault(op.name, {"ops": [], "nodes": [], "runs": 0})
    samples = op.sample_inputs("cpu", torch.float32, requires_grad=op.supports_autograd)
    for sample in itertools.islice(samples, 4):
        with record() as recorder:
            try:
                leaves = tree_leaves(op(sample.input, *sample.args, **sample.kwargs))
                tensors = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
                outputs = [tensor for tensor in tensors if tensor.requires_grad]
                for output in outputs:
                    seen["nodes"] += graph_nodes(output)
                if outputs:
                    sum(output.sum().abs() for output in outputs).backward()
                seen["runs"] += 1
            except (RuntimeError, ValueError, TypeError, NotImplementedError):
                pass  # some samples are for other devices or modes
        seen["ops"] += recorder.ops
print(json.dumps({name: {**seen, "ops": sorted(set(seen["ops"]))} for name, seen in found.items()}))
"""


@pytest.mark.slow
def test_no_building_block_runs_what_is_refused() -> None:
    """A building block may be made of others: the backward of cumprod, for one, ends in relu_."""
    spaces = load_names().spaces
    operators = fresh(OPERATORS, timeout=500)
    tried = 0
    accused = {}
    for name, seen in operators.items():
        space, _, last = f"torch.{name}".rpartition(".")
        entry = spaces.get(space, {}).get(last)
        if entry is not None and entry.kind == Kind.BUILDING and seen["runs"]:
            tried += 1
            violations = check_trace(seen["ops"], seen["nodes"], RulePolicy())
            if violations:
                accused[name] = [violation.call for violation in violations]
    assert accused == {}
    assert tried > 300

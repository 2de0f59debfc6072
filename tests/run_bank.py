"""Runs submissions of the bank, each in a process of its own, and prints as JSON what each did.

test_rules.py starts ``python -m tests.run_bank FILE…``: cheats patch torch and start threads, which a test
process must not suffer. One import of torch serves all files, since each runs in a fork.
"""

import json
import os
import signal
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.fx.experimental.symbolic_shapes  # what the first backward imports: 0.3 s a child without this
from torch import Tensor, nn
from torch.nn import functional

from autograder.worker.trace import graph_nodes, record
from tests.bank import course

SECONDS = 20
SYMBOLS = {exercise.name: exercise.symbol for exercise in course().exercises}


def custom_loss(output: Tensor, target: Tensor) -> Tensor:
    return functional.mse_loss(output, target) + 0.1 * output.mean()


REFERENCES: dict[str, Callable[..., Tensor]] = {
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "tanh": torch.tanh,
    "custom_activation": functional.silu,
    "cross_entropy": functional.cross_entropy,
    "mse_loss": functional.mse_loss,
    "custom_loss": custom_loss,
}


def calls(exercise: str) -> Iterator[tuple[list[Tensor], dict[str, Any]]]:
    """Arguments that lead through every branch of the exercise; the first is the plain call."""
    x = torch.tensor([[-3.0, -0.5, 1.0], [2.0, 0.25, -1.0]])
    y = torch.tensor([[0.5, -1.0, 1.5], [2.0, 1.0, -2.0]])
    match exercise:
        case "cross_entropy":
            target = torch.tensor([2, 0])
            probabilities = torch.tensor([[0.25, 0.25, 0.5], [1.0, 0.0, 0.0]])
            yield [x, target], {}
            yield [x, target], {"weight": torch.tensor([1.0, 2.0, 0.5]), "reduction": "none"}
            yield [x, target], {"ignore_index": 0, "label_smoothing": 0.1, "reduction": "sum"}
            yield [x, probabilities], {"label_smoothing": 0.1}
            yield [x[0], target[0]], {}
            yield [x.reshape(1, 3, 2), target.reshape(1, 2)], {}
        case "mse_loss":
            yield [x, y], {}
            yield [x, y], {"reduction": "sum"}
            yield [x, y], {"reduction": "none"}
        case "custom_loss":
            yield [x, y], {}
        case _:
            yield [x], {}


@dataclass
class Seen:
    """What one submission did: the operators and graph nodes of all calls, and how the plain call ended."""

    ops: list[str] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)
    right: bool = False
    error: str | None = None


def observe(path: Path) -> Seen:
    """Load one submission and call it in every way its exercise allows."""
    seen = Seen()
    exercise = path.parent.name
    module = types.ModuleType("submission")
    try:
        exec(compile(path.read_text(encoding="utf-8"), path.name, "exec"), module.__dict__)
        answer = getattr(module, SYMBOLS[exercise])
        answer = answer() if isinstance(answer, type) and issubclass(answer, nn.Module) else answer
    except BaseException as fault:  # whatever a submission raises, exits included, is its result
        seen.error = f"{type(fault).__name__}: {fault}"
        return seen
    for number, (args, kwargs) in enumerate(calls(exercise)):
        try:
            call(answer, args, kwargs, seen, None if number else REFERENCES[exercise])
        except BaseException as fault:
            seen.error = seen.error or f"{type(fault).__name__}: {fault}"
    return seen


def call(
    answer: Callable[..., Tensor],
    args: list[Tensor],
    kwargs: dict[str, Any],
    seen: Seen,
    reference: Callable[..., Tensor] | None,
) -> None:
    """One call and, where the output has a gradient, one backward pass, both recorded."""
    leaves = [arg.clone().requires_grad_(arg.is_floating_point()) for arg in args]
    with record() as recorder:
        try:
            output = answer(*leaves, **kwargs)
        finally:
            seen.ops += recorder.ops
    if reference is not None:
        seen.right = bool((output.detach() - reference(*args, **kwargs)).abs().max() < 1e-5)
    seen.nodes += graph_nodes(output)
    if output.requires_grad:
        with record() as recorder:
            torch.autograd.backward(output, torch.ones_like(output))
        seen.ops += recorder.ops


def in_a_fork(path: Path) -> Seen:
    """Observe in a child process, which may patch, hang or end as it likes."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS)
        os.close(reader)
        seen = observe(path)
        with os.fdopen(writer, "w") as pipe:
            json.dump(asdict(seen), pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return Seen(**json.loads(text)) if text else Seen(error="no answer")


def main() -> None:
    """Print what each file of the command line did, by its path."""
    if any("hostile" in Path(name).parts for name in sys.argv[1:]):
        raise SystemExit("hostile submissions run in the layered sandbox only: here they would reach the whole machine")
    warnings.simplefilter("ignore")
    json.dump({name: asdict(in_a_fork(Path(name))) for name in sys.argv[1:]}, sys.stdout)


if __name__ == "__main__":
    main()

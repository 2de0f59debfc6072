"""PyTorch's own test material agrees with our references and our solutions, within our tolerances.

``module_db`` and ``op_db`` are what PyTorch tests its modules and operators with: inputs made by others, most with a
reference written another way. Ours are not derived from them, so each input is an independent witness.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import hypothesis
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from autograder.course import Exercise
from autograder.oracle import TOLERANCE, dtype_of, expect
from autograder.strategies.tensors import DTYPES
from autograder.worker.case import Case
from autograder.worker.observe import observe
from tests.bank import course
from tests.solutions import solution

pytest.importorskip("expecttest", reason="torch.testing._internal imports it; install the extra 'dev'")

MODULES = {
    "Sigmoid": "sigmoid",
    "ReLU": "relu",
    "Tanh": "tanh",
    "SiLU": "custom_activation",
    "CrossEntropyLoss": "cross_entropy",
    "MSELoss": "mse_loss",
}
OPERATORS = {
    "sigmoid": "sigmoid",
    "nn.functional.relu": "relu",
    "tanh": "tanh",
    "nn.functional.silu": "custom_activation",
    "nn.functional.cross_entropy": "cross_entropy",
    "nn.functional.mse_loss": "mse_loss",
}
Reference = Callable[..., Any]


@dataclass(frozen=True)
class Tables:
    """What is used of PyTorch's test material."""

    modules: dict[str, Any]
    operators: dict[str, Any]
    cross_entropy: Reference


@pytest.fixture(scope="module")
def tables() -> Tables:
    """PyTorch's tables, imported as late as possible: that takes 5 s of CPU, and changes settings for all tests."""
    profile = hypothesis.settings.get_current_profile_name()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.backends, "disable_global_flags", lambda: None)  # would hold for every test after this
        from torch.testing._internal.common_methods_invocations import op_db
        from torch.testing._internal.common_modules import module_db
        from torch.testing._internal.common_nn import cross_entropy_loss_reference
    hypothesis.settings.load_profile(profile)  # theirs tries 10 examples, and would do so in every test after this
    return Tables(
        {info.module_cls.__name__: info for info in module_db},
        {info.name: info for info in op_db if not info.variant_test_name},
        cross_entropy_loss_reference,
    )


@pytest.fixture(autouse=True)
def no_accelerator(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyTorch's references save an accelerator's random numbers; the simulated one, which another test may have
    registered in this process, has none.
    """
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: False)


def test_the_import_leaves_settings_of_other_tests_alone(tables: Tables) -> None:
    assert hypothesis.settings.get_current_profile_name() not in ("dev", "pytorch_ci")
    assert not torch.backends.flags_frozen()  # type: ignore[no-untyped-call]  # of torch


def differs(mine: Tensor | None, right: Tensor, allowed: Tensor) -> str | None:
    """Where two results differ by more than is allowed, nan being equal to nan."""
    if mine is None or mine.shape != right.shape:
        return f"shape {None if mine is None else tuple(mine.shape)}, expected {tuple(right.shape)}"
    mine, right = mine.double(), right.double()
    same = ((mine - right).abs() <= allowed) | (mine == right) | (mine.isnan() & right.isnan())
    if same.all():
        return None
    index = tuple((~same).nonzero()[0].tolist())
    return f"{float(mine[index])!r} at {list(index)}, expected {float(right[index])!r}"


def disagreement(exercise: Exercise, case: Case, right: Tensor, tolerance: float) -> str | None:
    """What of our reference or our solution does not agree with ``right`` on one input, which is exact but for
    ``tolerance``; the solution's gradients are compared with the reference's.
    """
    case = replace(case, wrt=(0,), cotangent=torch.ones(right.shape, dtype=dtype_of(case)))
    expected = expect(exercise.reference, exercise.family, case)
    found = differs(expected.observation.output, right, tolerance * expected.scale)
    if found is not None:
        return f"the reference gives {found}"
    mine = observe(solution(exercise), case)
    if mine.raised is not None:
        return f"the solution raises {mine.raised}"
    found = differs(mine.output, right, expected.tolerance * expected.scale)
    if found is not None:
        return f"the solution gives {found}"
    (gradient,), (scale,) = expected.observation.gradients, expected.gradient_scales
    assert gradient is not None
    found = differs(mine.gradients[0], gradient, expected.tolerance * scale)
    return None if found is None else f"the solution's gradient is {found}"


@functools.cache
def exercise_of(name: str) -> Exercise:
    return course().exercise({**MODULES, **OPERATORS}[name])


# Modules --------------------------------------------------------------------------------------------------------------


def module_inputs(tables: Tables, name: str, dtype: torch.dtype) -> list[Any]:
    info = tables.modules[name]
    torch.manual_seed(0)
    found: list[Any] = info.module_inputs_func(info, device="cpu", dtype=dtype, requires_grad=False, training=True)
    return found


def witness(entry: Any) -> str:
    """What an input's reference is: another formula, the module on a batch of one, or the module itself."""
    if entry.reference_fn is None:
        return "module"
    return "batch of one" if "no_batch_dim" in repr(entry.reference_fn.__wrapped__) else "formula"


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("Sigmoid", {"module": 3, "batch of one": 1}),
        ("ReLU", {"module": 3, "batch of one": 1}),
        ("Tanh", {"module": 2, "batch of one": 1}),
        ("SiLU", {"formula": 2, "batch of one": 1}),
        ("CrossEntropyLoss", {"formula": 96, "batch of one": 9}),
        ("MSELoss", {"formula": 8}),
    ],
)
def test_every_input_of_a_module_is_counted(tables: Tables, name: str, inputs: dict[str, int]) -> None:
    """What another release of PyTorch adds or drops shows here; otherwise the next test would quietly say less."""
    assert Counter(witness(entry) for entry in module_inputs(tables, name, torch.float64)) == inputs


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@pytest.mark.parametrize("name", MODULES)
def test_module_inputs_agree(tables: Tables, name: str, dtype: torch.dtype) -> None:
    """No input lies outside the contract: the constructors' arguments are our keyword arguments.

    The references hold tensors of the input's dtype, so they are as exact as that.
    """
    found = []
    for entry in module_inputs(tables, name, dtype):
        assert not entry.constructor_input.args
        assert not entry.forward_input.kwargs
        args, options = entry.forward_input.args, entry.constructor_input.kwargs
        module = tables.modules[name].module_cls(**options)
        right = module(*args) if entry.reference_fn is None else entry.reference_fn(module, *args)
        problem = disagreement(exercise_of(name), Case(args, options), right, TOLERANCE[dtype])
        found += [f"{entry.desc}: {problem}"] if problem else []
    assert found == []


# Operators ------------------------------------------------------------------------------------------------------------


def stable_sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """PyTorch's own reference for the sigmoid needs SciPy, and is None without."""
    half: NDArray[np.float64] = np.tanh(x / 2)
    return (1 + half) / 2


def exact(tables: Tables, name: str, sample: Any) -> Tensor:
    """The operator's reference in float64: of NumPy where there is one, else a formula of PyTorch's tests."""
    raised = [value.double() if value.is_floating_point() else value for value in (sample.input, *sample.args)]
    options = {k: v.double() if isinstance(v, Tensor) else v for k, v in sample.kwargs.items()}
    if name == "nn.functional.cross_entropy":
        result: Tensor = tables.cross_entropy(*raised, **options)
        return result
    reference: Reference = stable_sigmoid if name == "sigmoid" else tables.operators[name].ref
    with np.errstate(all="ignore"):  # exp overflows on the way to the right 0
        return torch.as_tensor(reference(*(value.numpy() for value in raised), **options))


@pytest.mark.parametrize(
    ("name", "samples"),
    [
        ("sigmoid", 39),
        ("nn.functional.relu", 41),
        ("tanh", 35),
        ("nn.functional.silu", 39),
        ("nn.functional.cross_entropy", 21),
        ("nn.functional.mse_loss", 6),
    ],
)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_reference_inputs_of_an_operator_agree(tables: Tables, name: str, samples: int, dtype: torch.dtype) -> None:
    """Values small and large, infinities and nan, any sizes and layouts; how many, so that none goes missing."""
    torch.manual_seed(0)
    found, count = [], 0
    for sample in tables.operators[name].reference_inputs("cpu", dtype, requires_grad=False):
        case = Case((sample.input, *sample.args), sample.kwargs)
        problem = disagreement(exercise_of(name), case, exact(tables, name, sample), TOLERANCE[torch.float64])
        found += [f"{tuple(sample.input.shape)} {sample.kwargs}: {problem}"] if problem else []
        count += 1
    assert found == []
    assert count == samples

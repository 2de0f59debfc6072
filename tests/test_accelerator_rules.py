"""The simulated accelerator's rules: against torch's own table, and one by one on tensors."""

import re
from collections.abc import Callable, Iterator
from importlib.resources import files

import pytest
import torch
from torch import Tensor
from torch._ops import OpOverload

from autograder.worker.accelerator import Accelerator
from autograder.worker.accelerator_rules import takes_host_scalars

MIXED = "Expected all tensors to be on the same device, but found at least two devices, simulated:0 and cpu!"

# CUDA reads 0-d host tensors here too. Ready-made losses are not for learners, the others take no numbers.
REFUSED_ALL_THE_SAME = {"binary_cross_entropy", "mse_loss", "smooth_l1_loss"} | {
    "bernoulli_",
    "binomial",
    "index",  # has rules of its own
    "is_set_to",
    "miopen_ctc_loss",
    "set_",
}

Build = Callable[[Accelerator], object]


@pytest.fixture
def accelerator() -> Iterator[Accelerator]:
    # Autograd starts no thread for a device that it does not know yet: pytest's process can be forked later.
    torch.autograd.backward(torch.ones((), requires_grad=True))
    with Accelerator() as entered:
        yield entered


def cuda_kernels() -> Iterator[tuple[OpOverload, bool]]:
    """Every public operation of several tensors with a CUDA kernel, and whether that checks all devices."""
    table = files("torchgen").joinpath("packaged/ATen/native/native_functions.yaml").read_text(encoding="utf-8")
    for entry in table.split("\n- func: ")[1:]:
        name, _, overload = entry.partition("(")[0].partition(".")
        op = getattr(getattr(torch.ops.aten, name, None), overload or "default", None)
        is_public = name.startswith("__") or not re.match(r"_|.*_backward$", name)
        has_kernel = re.search(r"^ +(structured_delegate|[\w, ]*\bCUDA\b.*):", entry, re.MULTILINE)
        if not isinstance(op, OpOverload) or not is_public or not has_kernel or "out" in overload:
            continue
        if sum("Tensor" in str(p.type) and not p.is_out for p in op._schema.arguments) > 1:
            yield op, "device_check: NoCheck" not in entry


KERNELS = list(cuda_kernels())


def test_kernels_that_check_all_devices_take_no_host_scalars() -> None:
    """A 0-d tensor on the host is a mistake there, and we let none pass."""
    strict = [op for op, checks in KERNELS if checks]
    assert len(strict) > 100
    assert [str(op) for op in strict if takes_host_scalars(op)] == []


def test_kernels_that_do_not_check_take_host_scalars() -> None:
    """A 0-d tensor on the host is read like a number there, and we refuse none."""
    lenient = [op for op, checks in KERNELS if not checks]
    assert len(lenient) > 50
    refused = {op._schema.name.removeprefix("aten::") for op in lenient if not takes_host_scalars(op)}
    assert refused - REFUSED_ALL_THE_SAME == set()


def vector(accelerator: Accelerator) -> Tensor:
    return accelerator.put(torch.tensor([1.0, -2.0, 0.5]))


def classes(accelerator: Accelerator) -> Tensor:
    return accelerator.put(torch.tensor([2, 0]))


def square(accelerator: Accelerator) -> Tensor:
    return accelerator.put(torch.arange(9.0).reshape(3, 3))


LEGAL: dict[str, Build] = {
    "add": lambda a: vector(a) + torch.tensor(2.0),
    "subtract from": lambda a: torch.tensor(2.0) - vector(a),
    "multiply in place": lambda a: vector(a).mul_(torch.tensor(2.0)),
    "divide": lambda a: torch.tensor(2.0) / vector(a),
    "floor divide": lambda a: vector(a) // torch.tensor(2.0),
    "power": lambda a: torch.pow(torch.tensor(2.0), vector(a)),
    "compare": lambda a: vector(a) > torch.tensor(0.0),
    "compare in place": lambda a: vector(a).eq_(torch.tensor(1.0)),
    "maximum": lambda a: torch.maximum(vector(a), torch.tensor(0.0)),
    "fmax": lambda a: torch.fmax(torch.tensor(0.0), vector(a)),
    "where, both": lambda a: torch.where(vector(a) > 0, torch.tensor(1.0), torch.tensor(0.0)),
    "where, condition": lambda a: torch.where(torch.tensor(True), vector(a), vector(a) * 2),
    "lerp": lambda a: torch.lerp(vector(a), vector(a) + 1, torch.tensor(0.5)),
    "masked_fill": lambda a: vector(a).masked_fill(vector(a) > 0, torch.tensor(0.0)),
    "fill_": lambda a: vector(a).fill_(torch.tensor(3.0)),
    "index_fill": lambda a: vector(a).index_fill(0, classes(a), torch.tensor(3.0)),
    "logical and": lambda a: (vector(a) > 0) & torch.tensor(True),
    "xlogy": lambda a: torch.xlogy(torch.tensor(1.0), vector(a).abs()),
}


@pytest.mark.parametrize("name", LEGAL)
def test_a_0d_host_tensor_is_read_like_a_number(name: str, accelerator: Accelerator) -> None:
    result = LEGAL[name](accelerator)
    assert isinstance(result, Tensor)
    assert accelerator.device_of(result) == "simulated"
    assert accelerator.events == []


REFUSED: dict[str, Build] = {
    "1-element tensor": lambda a: vector(a) + torch.tensor([2.0]),
    "empty tensor": lambda a: torch.cat([vector(a), torch.empty(0)]),
    "clamp": lambda a: vector(a).clamp(min=torch.tensor(0.0)),
    "clamp_min": lambda a: torch.clamp_min(vector(a), torch.tensor(0.0)),
    "stack": lambda a: torch.stack([vector(a).sum(), torch.tensor(0.0)]),
    "gather": lambda a: vector(a).sum().gather(0, torch.tensor(0)),
    "scatter_, index": lambda a: vector(a).sum().scatter_(0, torch.tensor(0), 1.0),
    "scatter, source": lambda a: vector(a).sum().scatter(0, classes(a)[0], torch.tensor(1.0)),
    "scatter_add": lambda a: vector(a).scatter_add(0, classes(a), torch.ones(2)),
    "index_select": lambda a: vector(a).index_select(0, torch.tensor(0)),
    "index_add": lambda a: vector(a).index_add(0, classes(a), torch.ones(2)),
    "take": lambda a: vector(a).take(torch.tensor(0)),
    "dot": lambda a: vector(a) @ torch.ones(3),
    "mm": lambda a: square(a) @ torch.eye(3),
    "addmm": lambda a: torch.addmm(torch.tensor(1.0), square(a), square(a)),
    "equal": lambda a: torch.equal(vector(a).sum(), torch.tensor(1.0)),
    "nextafter": lambda a: torch.nextafter(vector(a), torch.tensor(1.0)),
    "mask of masked_fill": lambda a: vector(a).masked_fill(torch.tensor([True, False, True]), 0.0),
    "written by +=": lambda a: torch.tensor(0.0).add_(vector(a).sum()),
    "written by out=": lambda a: torch.add(vector(a), 1.0, out=torch.empty(3)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_host_tensors_are_refused(name: str, accelerator: Accelerator) -> None:
    with pytest.raises(RuntimeError, match=f"^{re.escape(MIXED)}"):
        REFUSED[name](accelerator)


def test_refusal_names_operation_argument_and_remedy(accelerator: Accelerator) -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.where(vector(accelerator) > 0, vector(accelerator), torch.zeros(3))
    assert str(caught.value) == (
        f"{MIXED} (in aten::where, argument other of shape (3,) is on cpu; "
        "create it where the input is, for example with device=x.device)"
    )


def test_only_the_host_has_numbers(accelerator: Accelerator) -> None:
    with pytest.raises(RuntimeError, match="at least two devices, simulated:0 and meta!"):
        vector(accelerator) + torch.ones((), device="meta")


def write(table: Tensor, index: object, value: Tensor | float) -> Tensor:
    table = table.clone()
    table[index] = value  # type: ignore[index]  # all that torch takes as an index
    return table


HOST = torch.tensor([0.0, 1.0, 2.0])
MASK = torch.tensor([True, False, True])
TO_DEVICE = "h2d: copy of shape ({}) to simulated:0"

INDEXING: dict[str, tuple[Build, list[str]]] = {
    "device index": (lambda a: vector(a)[classes(a)], []),
    "host index": (lambda a: vector(a)[torch.tensor([2, 0])], [TO_DEVICE.format("2,")]),
    "list": (lambda a: vector(a)[[2, 0]], [TO_DEVICE.format("2,")]),
    "range": (lambda a: vector(a)[range(2)], [TO_DEVICE.format("2,")]),
    "host and device index": (lambda a: square(a)[torch.arange(2), classes(a)], [TO_DEVICE.format("2,")]),
    "device mask": (lambda a: vector(a)[vector(a) > 0], ["sync: boolean mask"]),
    "host mask": (lambda a: vector(a)[MASK], [TO_DEVICE.format("3,")]),
    "slice and number": (lambda a: square(a)[1:, 0], []),
    "0-d device index": (lambda a: vector(a)[classes(a)[0]], ["sync: item()"]),
    "write a number": (lambda a: write(vector(a), classes(a), 1.0), []),
    "write a number by mask": (lambda a: write(vector(a), vector(a) > 0, 1.0), []),
    "write values by mask": (
        lambda a: write(vector(a), vector(a) > 0, vector(a)[:2]),
        ["sync: boolean mask"],
    ),
    "write a 0-d host tensor": (lambda a: write(vector(a), classes(a), torch.tensor(1.0)), []),
    "write host values to a slice": (
        lambda a: write(vector(a), slice(2), HOST[:2]),
        [TO_DEVICE.format("2,")],
    ),
    "write a 0-d device tensor to the host": (
        lambda a: write(HOST, torch.tensor([0]), vector(a)[0]),
        ["d2h: copy of shape () to cpu"],
    ),
    "write device values to a host slice": (
        lambda a: write(HOST, slice(3), vector(a)),
        ["d2h: copy of shape (3,) to cpu"],
    ),
}


@pytest.mark.parametrize("name", INDEXING)
def test_indexing_crosses_as_on_cuda(name: str, accelerator: Accelerator) -> None:
    build, events = INDEXING[name]
    build(accelerator)
    assert accelerator.events == events


@pytest.mark.parametrize("name", ["device index", "device mask", "write a number", "write values"])
def test_host_table_takes_no_device_index(name: str, accelerator: Accelerator) -> None:
    build: dict[str, Build] = {
        "device index": lambda a: HOST[classes(a)],
        "device mask": lambda a: HOST[vector(a) > 0],
        "write a number": lambda a: write(HOST, classes(a), 1.0),
        "write values": lambda a: write(HOST, classes(a), vector(a)[:2]),
    }
    with pytest.raises(RuntimeError, match=r"^indices should be either on cpu or on the same device .* \(cpu\)"):
        build[name](accelerator)


@pytest.mark.parametrize("to_device", [True, False])
def test_values_are_written_on_their_own_device_only(to_device: bool, accelerator: Accelerator) -> None:
    table, values = (vector(accelerator), HOST[:2]) if to_device else (HOST, vector(accelerator)[:2])
    with pytest.raises(RuntimeError, match=f"^{re.escape(MIXED)}"):
        write(table, torch.tensor([0, 1]), values)

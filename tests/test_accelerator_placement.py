"""Learners' functions of logits x (N, C) and classes t (N,) on the simulated accelerator.

Misplaced tensors are caught, and idioms that are fine on CUDA work with the values that they have on the CPU.
"""

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from autograder.worker.accelerator import Accelerator

Sample = Callable[[Tensor, Tensor], Any]

LOGITS = torch.tensor([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75], [-2.0, 3.0, 0.125], [0.75, -0.5, 1.25]])
CLASSES = torch.tensor([2, 0, 1, 1])
LAYOUTS = {
    "contiguous": LOGITS,
    "transposed": LOGITS.t().contiguous().t(),
    "strided": LOGITS.repeat(1, 2)[:, 3:],
    "expanded": LOGITS[:1].expand(4, 3),
}
MIXED, INDEX = "found at least two devices", "indices should be either on cpu"
NUMPY = "can't convert simulated:0 device type tensor to numpy"
COPIED, GROWS, ON_HOST = "copies to the host", "waits grow with the batch", "result is on cpu"


@pytest.fixture(autouse=True, scope="module")
def _threads() -> None:
    # Autograd starts no thread for a device that it does not know yet: pytest's process can be forked later.
    torch.autograd.backward(torch.ones((), requires_grad=True))


def waits(events: list[str]) -> int:
    return sum(event.startswith("sync: ") for event in events)


def run(sample: Sample, x: Tensor, t: Tensor) -> tuple[Tensor, list[str]]:
    """Call and differentiate on the accelerator."""
    with Accelerator() as accelerator:
        output: Tensor = sample(accelerator.put(x, requires_grad=True), accelerator.put(t))
        if output.requires_grad:
            torch.autograd.backward(output.sum())
    return output, accelerator.events


def fault(sample: Sample) -> str | None:
    """What is wrong with a sample: an exception, a copy, waits that grow, or a result on the CPU."""
    try:
        output, events = run(sample, LOGITS, CLASSES)
        _, events_of_more = run(sample, LOGITS.repeat(4, 1), CLASSES.repeat(4))
    except (RuntimeError, TypeError, AssertionError) as error:
        return str(error)
    if any(event.startswith("d2h: ") for event in events):
        return COPIED
    if waits(events_of_more) > waits(events):
        return GROWS
    return None if output.device.type == "simulated" else ON_HOST


def log_probabilities(x: Tensor) -> Tensor:
    shifted = x - x.amax(1, keepdim=True)
    return shifted - shifted.exp().sum(1, keepdim=True).log()


# Mistakes


def one_hot_by_assignment(x: Tensor, t: Tensor) -> Tensor:
    q = torch.zeros(x.shape)
    q[torch.arange(len(t)), t] = 1.0
    return -(log_probabilities(x) * q).sum()


def total_on_the_host(x: Tensor, t: Tensor) -> Tensor:
    total = torch.tensor(0.0)
    total += (x * x).mean()
    return total


def result_filled_on_the_host(x: Tensor, t: Tensor) -> Tensor:
    out = torch.empty(x.shape)
    out[:] = x * 2
    return out


class HostBackward(torch.autograd.Function):
    @staticmethod
    def forward(ctx: object, x: Tensor) -> Tensor:
        return x * 2

    @staticmethod
    def backward(ctx: object, grad: Tensor) -> Tensor:
        return grad * torch.full(grad.shape, 2.0)


class HostConstant(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = torch.ones(1)  # a buffer would move with the module

    def forward(self, x: Tensor) -> Tensor:
        return x * self.scale


MISTAKES: dict[str, tuple[Sample, str]] = {
    "ones of its shape": (lambda x, t: torch.ones(x.shape) / (1 + torch.exp(-x)), MIXED),
    "constant of one element": (lambda x, t: 1 / (torch.ones(1) + torch.exp(-x)), MIXED),
    "base in a list": (lambda x, t: torch.tensor([math.e]) ** x, MIXED),
    "legacy constructor": (lambda x, t: torch.Tensor([2.0]) * x, MIXED),
    "row of zeros": (lambda x, t: torch.maximum(x, torch.zeros(x.shape[1])), MIXED),
    "zeros_like cpu": (lambda x, t: torch.where(x > 0, x, torch.zeros_like(x, device="cpu")), MIXED),
    "noise": (lambda x, t: x + 0 * torch.rand(x.shape), MIXED),
    "linspace": (lambda x, t: x * torch.linspace(0, 1, x.shape[1]), MIXED),
    "mask": (lambda x, t: x.masked_fill(torch.ones(x.shape, dtype=torch.bool), 0.0), MIXED),
    "clamp to a tensor": (lambda x, t: x.clamp(min=torch.tensor(0.0)), MIXED),
    "product with ones": (lambda x, t: x.exp() @ torch.ones(x.shape[1], 1), MIXED),
    "padded with zeros": (lambda x, t: torch.cat([x, torch.zeros(1, x.shape[1])]), MIXED),
    "stacked with a number": (lambda x, t: torch.stack([torch.tensor(0.0), x.sum()]).amax(), MIXED),
    "squared error to zeros": (lambda x, t: ((x - torch.zeros_like(x, device="cpu")) ** 2).mean(), MIXED),
    "one-hot by compare": (lambda x, t: x[t[:, None] == torch.arange(x.shape[1])].sum(), MIXED),
    "one-hot by eye": (lambda x, t: (log_probabilities(x) * torch.eye(x.shape[1])[t]).sum(), INDEX),
    "one-hot by scatter": (lambda x, t: (x * torch.zeros(x.shape).scatter_(1, t[:, None], 1.0)).sum(), MIXED),
    "one-hot by assignment": (one_hot_by_assignment, INDEX),
    "gather by a host index": (lambda x, t: x.gather(1, torch.zeros(len(t), 1, dtype=torch.long)), MIXED),
    "class weights": (lambda x, t: (torch.linspace(1, 2, x.shape[1])[t] * x[:, 0]).sum(), INDEX),
    "total on the host": (total_on_the_host, MIXED),
    "backward on the host": (lambda x, t: HostBackward.apply(x), MIXED),  # type: ignore[no-untyped-call]
    "attribute of a module": (lambda x, t: HostConstant().to(x.device)(x), MIXED),
    "hard-coded cuda": (lambda x, t: x + torch.zeros(1, device="cuda"), "cuda"),
    "through numpy": (lambda x, t: torch.from_numpy(np.exp(x.detach().numpy())), NUMPY),
    "numpy's function": (lambda x, t: torch.as_tensor(np.exp(x.detach())), NUMPY),
    "cpu": (lambda x, t: torch.exp(x.cpu()), COPIED),
    "there and back": (lambda x, t: torch.exp(x.to("cpu")).to(x.device), COPIED),
    "lists": (lambda x, t: torch.tensor([sum(row) for row in x.tolist()], device=x.device), COPIED),
    "targets on the host": (lambda x, t: -log_probabilities(x)[range(len(t)), t.cpu()].sum(), COPIED),
    "result filled on the host": (result_filled_on_the_host, COPIED),
    "number as result": (lambda x, t: torch.tensor(x.sum().item()), ON_HOST),
    "float of each": (
        lambda x, t: torch.tensor([float(v) for v in x.detach().flatten()], device=x.device),
        GROWS,
    ),
    "branch on each": (lambda x, t: torch.stack([v if v > 0 else v * 0 for v in x.flatten()]), GROWS),
    "item of each": (lambda x, t: torch.stack([x[i, int(t[i].item())] for i in range(len(t))]).sum(), GROWS),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_caught(name: str) -> None:
    sample, catch = MISTAKES[name]
    found = fault(sample)
    assert found is not None
    assert catch.lower() in found.lower()


@pytest.mark.filterwarnings("ignore:__array_wrap__ must accept:DeprecationWarning")  # what np.exp of a tensor earns
@pytest.mark.parametrize("name", [name for name, (_, catch) in MISTAKES.items() if catch != "cuda"])
def test_mistakes_work_on_the_cpu(name: str) -> None:
    assert isinstance(MISTAKES[name][0](LOGITS, CLASSES), Tensor)


# Idioms


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        x: Tensor
        (x,) = ctx.saved_tensors
        return 2 * x * grad


class Swish(nn.Module):
    scale: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("scale", torch.tensor([2.0]))
        self.shift = nn.Parameter(torch.tensor([0.5]))

    def forward(self, x: Tensor) -> Tensor:
        return x / (1 + torch.exp(-x * self.scale + self.shift))


def masked_by_assignment(x: Tensor, t: Tensor) -> Tensor:
    out, positive = torch.zeros_like(x), x > 0
    out[positive] = x[positive] ** 2
    out[out > 3] = 0.0
    out[0] = 1
    return out


def steps_in_place(x: Tensor, t: Tensor) -> Tensor:
    out = -x
    out.exp_()
    out = out + 1
    out[:, :1] *= 2
    out /= 3
    return out * out


def shapes_in_place(x: Tensor, t: Tensor) -> Tensor:
    weights = torch.arange(1.0, x.shape[1] + 1, device=x.device)
    weights.unsqueeze_(1)
    return ((x * x).t_() * weights).sum(0)


def scattered(x: Tensor, t: Tensor) -> Tensor:
    q = torch.zeros_like(x).scatter_(1, t.unsqueeze(1), 1.0)
    return -(q * log_probabilities(x)).sum(1).mean()


def assigned(x: Tensor, t: Tensor) -> Tensor:
    q = x.new_zeros(x.shape)
    q[torch.arange(len(t), device=x.device), t] = 0.9
    return -(q * log_probabilities(x)).sum()


def weighted(x: Tensor, t: Tensor) -> Tensor:
    w = torch.linspace(1, 2, x.shape[1]).to(x)[t]
    return -(w * log_probabilities(x).gather(1, t[:, None]).squeeze(1)).sum() / w.sum()


def mean_of_a_class(x: Tensor, t: Tensor) -> Tensor:
    kept = t != 1
    return -log_probabilities(x)[kept, t[kept]].mean() if kept.any() else x.sum() * 0


def checked(x: Tensor, t: Tensor) -> Tensor:
    if (t >= x.shape[1]).any() or bool(t.min() < 0) or not torch.isfinite(x).all():
        raise IndexError("a target is out of range")
    return -log_probabilities(x)[range(len(t)), t].sum()


def under_a_device(x: Tensor, t: Tensor) -> Tensor:
    with torch.device(x.device):
        return x * torch.tensor([2.0]) + torch.ones(x.shape[1])


def printed(x: Tensor, t: Tensor) -> Tensor:
    assert f"{(x * 0).sum():.2f}" in {"0.00", "-0.00"}
    assert "tensor(" in repr(x)
    return x.exp()


def without_graph(x: Tensor, t: Tensor) -> Tensor:
    with torch.no_grad():
        top = x.amax(1, keepdim=True)
    return (x - top).exp().sum(1).log() + top.squeeze(1)


IDIOMS: dict[str, Sample] = {
    "numbers": lambda x, t: 1 / (1 + torch.exp(-x)),
    "number to a power": lambda x, t: math.e**-x,
    "ones_like": lambda x, t: torch.ones_like(x) / (1 + (-x).exp()),
    "zeros on its device": lambda x, t: torch.maximum(x, torch.zeros(1, device=x.device, dtype=x.dtype)),
    "full on its device": lambda x, t: x * torch.full((1,), 2.0, device=x.device),
    "full_like and empty_like": lambda x, t: x * torch.full_like(x, 2) + torch.empty_like(x).fill_(1),
    "tensor on its device": lambda x, t: torch.tensor(math.e, device=x.device) ** x,
    "list on its device": lambda x, t: x * torch.tensor([2.0], device=x.device, dtype=x.dtype),
    "as_tensor on its device": lambda x, t: x + torch.as_tensor([1.0], device=x.device),
    "asarray on its device": lambda x, t: x + torch.asarray([1.0], device=x.device),
    "new_tensor": lambda x, t: x * x.new_tensor([1.0, 2.0, 3.0]),
    "new_full": lambda x, t: x * x.new_full((1,), 3.0),
    "moved like another": lambda x, t: x * torch.ones(x.shape[1]).to(x) + torch.zeros(1).type_as(x),
    "0-d host tensor": lambda x, t: torch.tensor(2.0) * x + torch.tensor(1),
    "where with 0-d host tensor": lambda x, t: torch.where(x > 0, x, torch.tensor(0.0)),
    "where with numbers": lambda x, t: torch.where(x > 0, x**2, 0.0),
    "maximum with 0-d host tensor": lambda x, t: torch.maximum(x, torch.tensor(0.0)),
    "masked_fill": lambda x, t: (x**3).masked_fill(x <= 0, 0),
    "masked by assignment": masked_by_assignment,
    "steps in place": steps_in_place,
    "shapes in place": shapes_in_place,
    "arange index": lambda x, t: -log_probabilities(x)[torch.arange(len(t), device=x.device), t].mean(),
    "host arange index": lambda x, t: -log_probabilities(x)[torch.arange(len(t)), t].mean(),
    "range index": lambda x, t: -log_probabilities(x)[range(len(t)), t].mean(),
    "list index": lambda x, t: -log_probabilities(x)[list(range(len(t))), t].mean(),
    "gather": lambda x, t: -log_probabilities(x).gather(1, t[:, None]).mean(),
    "take_along_dim": lambda x, t: -torch.take_along_dim(log_probabilities(x), t[:, None], 1).mean(),
    "one-hot by scatter": scattered,
    "one-hot by assignment": assigned,
    "one-hot by eye": lambda x, t: -(torch.eye(x.shape[1], device=x.device)[t] * log_probabilities(x)).sum(),
    "one-hot by compare": lambda x, t: -log_probabilities(x)[t[:, None] == torch.arange(3, device=x.device)].sum(),
    "class weights": weighted,
    "mean of a class": mean_of_a_class,
    "nonzero rows": lambda x, t: x[torch.where(t > 0)[0]].exp().sum(),
    "index_select": lambda x, t: x.index_select(1, t % x.shape[1]).exp().mean(),
    "checked targets": checked,
    "branch on everything": lambda x, t: x**2 if x.detach().amax().item() > 0 else x,
    "autograd.Function": lambda x, t: Square.apply(x),  # type: ignore[no-untyped-call]
    "module moved to its device": lambda x, t: Swish().to(x.device)(x),
    "parameter on its device": lambda x, t: x**2 * nn.Parameter(torch.ones(1, device=x.device)),
    "other dtype": lambda x, t: torch.exp(-x.to(torch.float64)).to(x.dtype),
    "under a device": under_a_device,
    "printed": printed,
    "without graph": without_graph,
    "row by row": lambda x, t: torch.stack([row.exp().sum() for row in x]),
    "cat and stack": lambda x, t: torch.cat([torch.stack([x, -x]).amax(0), x.exp()], dim=1),
    "unbind and einsum": lambda x, t: torch.einsum("nc,nc->n", x.exp(), x) + x.unbind(1)[0],
    "product": lambda x, t: x.exp() @ torch.ones(x.shape[1], 2, device=x.device),
    "cumulated and sorted": lambda x, t: x.exp().cumsum(1).sort(1).values,
    "vmap": lambda x, t: torch.vmap(lambda v: v.exp() * 2)(x.flatten()),
    "copied": lambda x, t: copy.deepcopy(x.detach()) * x + x.clone(),
}


@pytest.mark.parametrize("name", IDIOMS)
def test_idioms_have_no_fault(name: str) -> None:
    assert fault(IDIOMS[name]) is None


def derivatives(output: Tensor, x: Tensor) -> list[Tensor]:
    """First and second gradient of a weighted sum of the output."""
    weights = torch.arange(1.0, output.numel() + 1, device=output.device).reshape(output.shape)
    (first,) = torch.autograd.grad((output * weights).sum(), x, create_graph=True)
    if not first.requires_grad:  # the sample is linear
        return [first]
    return [first, *torch.autograd.grad((first * first).sum(), x)]


@pytest.mark.parametrize("name", IDIOMS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_idioms_give_what_they_give_on_the_cpu(name: str, layout: str) -> None:
    """Values, gradients and second gradients are equal to the last bit, and on the device."""
    x = LAYOUTS[layout].detach().requires_grad_()
    output = IDIOMS[name](x, CLASSES)
    expected = [output, *derivatives(output, x)]
    with Accelerator() as accelerator:
        x = accelerator.put(LAYOUTS[layout], requires_grad=True)
        output = IDIOMS[name](x, accelerator.put(CLASSES))
        actual = [output, *derivatives(output, x)]
    assert {accelerator.device_of(tensor) for tensor in actual} == {"simulated"}
    for ours, theirs in zip(actual, expected, strict=True):
        assert (ours.dtype, ours.stride()) == (theirs.dtype, theirs.stride())
        assert torch.equal(accelerator.fetch(ours), theirs)

"""The simulated accelerator: its events, its tensors, its state and its registration."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import _get_current_dispatch_mode_stack

from autograder.worker.accelerator import Accelerator, AcceleratorUnavailable, available, register
from autograder.worker.case import SIMULATED, Case
from tests.recording import recorded, replay

LOGITS = torch.tensor([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75], [-2.0, 3.0, 0.125], [0.75, -0.5, 1.25]])
CLASSES = torch.tensor([2, 0, 1, 1])
LAYOUTS = {
    "contiguous": LOGITS,
    "transposed": LOGITS.t().contiguous().t(),
    "strided": LOGITS.repeat(1, 2)[:, 3:],
    "expanded": LOGITS[:1].expand(4, 3),
}


@pytest.fixture(autouse=True)
def _threads() -> None:
    # Autograd starts no thread for a device that it does not know yet: pytest's process can be forked later.
    torch.autograd.backward(torch.ones((), requires_grad=True))


@pytest.fixture
def accelerator() -> Iterator[Accelerator]:
    with Accelerator() as entered:
        yield entered


# Events

Sample = Callable[[Tensor, Tensor], object]

EVENTS: dict[str, tuple[Sample, list[str]]] = {
    "item": (lambda x, t: x[0, 0].item(), ["sync: item()"]),
    "float": (lambda x, t: float(t.sum()), ["sync: item()"]),
    "if": (lambda x, t: bool(x.sum() > 0), ["sync: item()"]),
    "index": (lambda x, t: ["a", "b", "c"][t[0]], ["sync: item()"]),
    "format": (lambda x, t: f"{x.sum():.1f}", ["sync: item()"]),
    "literal": (lambda x, t: torch.tensor([t[0], 1]), ["sync: item()"]),
    "nonzero": (lambda x, t: x.nonzero(), ["sync: nonzero()"]),
    "mask": (lambda x, t: x[x > 0], ["sync: boolean mask"]),
    "masked_select": (lambda x, t: x.masked_select(x > 0), ["sync: masked_select()"]),
    "unique": (lambda x, t: torch.unique(t), ["sync: unique()"]),
    "unique rows": (lambda x, t: torch.unique(x, dim=0), ["sync: unique()"]),
    "runs": (lambda x, t: torch.unique_consecutive(t), ["sync: unique_consecutive()"]),
    "counts": (lambda x, t: torch.bincount(t), ["sync: bincount()"]),
    "repeats": (lambda x, t: torch.repeat_interleave(t), ["sync: repeat_interleave()"]),
    "equal": (lambda x, t: torch.equal(x, x + 0), ["sync: equal()"]),
    "allclose": (lambda x, t: torch.allclose(x, x), ["sync: allclose()"]),
    "cpu": (lambda x, t: x.cpu(), ["d2h: copy of shape (4, 3) to cpu"]),
    "to cpu": (lambda x, t: x.to("cpu", torch.float64), ["d2h: copy of shape (4, 3) to cpu"]),
    "tolist": (lambda x, t: t.tolist(), ["d2h: copy of shape (4,) to cpu"]),
    "numpy by force": (lambda x, t: x.numpy(force=True), ["d2h: copy of shape (4, 3) to cpu"]),
    "copy_ to the host": (lambda x, t: torch.zeros(4).copy_(t), ["d2h: copy of shape (4,) to cpu"]),
    "to the device": (lambda x, t: torch.ones(2).to(x.device), ["h2d: copy of shape (2,) to simulated:0"]),
    "copy_ to the device": (lambda x, t: t.copy_(torch.ones(4)), ["h2d: copy of shape (4,) to simulated:0"]),
    "tensor": (lambda x, t: torch.tensor(1.0, device=x.device), ["h2d: copy of shape () to simulated:0"]),
    "other dtype": (lambda x, t: x.double(), []),
    "factories": (lambda x, t: torch.ones(2) + torch.zeros(2), []),
    "repr": (lambda x, t: repr(x), []),
    "the host's own": (lambda x, t: torch.ones(1).item(), []),
}


@pytest.mark.parametrize("name", EVENTS)
def test_events(name: str, accelerator: Accelerator) -> None:
    sample, events = EVENTS[name]
    sample(accelerator.put(LOGITS, requires_grad=True), accelerator.put(CLASSES.clone()))
    assert accelerator.events == events


def test_events_of_a_backward_pass_count(accelerator: Accelerator) -> None:
    x = accelerator.put(LOGITS, requires_grad=True)
    y = x.to(torch.device("cpu"))
    accelerator.events.clear()
    torch.autograd.backward(y.sum())
    assert accelerator.events == ["h2d: copy of shape (4, 3) to simulated:0"]


# The device


@pytest.mark.parametrize("layout", LAYOUTS)
def test_put_keeps_strides_and_memory(layout: str, accelerator: Accelerator) -> None:
    host = LAYOUTS[layout].detach()
    x = accelerator.put(host, requires_grad=True)
    assert (x.shape, x.stride(), x.storage_offset()) == (host.shape, host.stride(), host.storage_offset())
    assert x.is_leaf
    assert x.requires_grad
    assert accelerator.fetch(x).data_ptr() == host.data_ptr()
    assert accelerator.events == []


def test_fetch_of_a_host_tensor_is_the_tensor_without_its_graph(accelerator: Accelerator) -> None:
    host = LOGITS.clone().requires_grad_()
    fetched = accelerator.fetch(host * 1)
    assert type(fetched) is Tensor
    assert not fetched.requires_grad
    assert torch.equal(fetched, LOGITS)
    assert accelerator.device_of(host) == "cpu"


def test_device_is_not_cuda_and_has_a_name(accelerator: Accelerator) -> None:
    x = accelerator.put(LOGITS)
    assert (str(x.device), x.is_cuda, x.is_cpu) == ("simulated:0", False, False)
    assert x.device == accelerator.device
    assert repr(accelerator.put(torch.tensor([1.0]))) == "tensor([1.], device='simulated:0')"


def test_factories_without_a_device_are_on_the_host(accelerator: Accelerator) -> None:
    made = [torch.ones(1), torch.arange(2), torch.eye(2), torch.tensor([1.0]), torch.rand(1)]
    assert {accelerator.device_of(tensor) for tensor in made} == {"cpu"}


def test_in_place_changes_reach_views_and_the_given_memory(accelerator: Accelerator) -> None:
    host = LOGITS.clone()
    x = accelerator.put(host)
    x[0].zero_()
    assert accelerator.fetch(x).tolist() == host.tolist()
    assert host[0].tolist() == [0.0, 0.0, 0.0]
    assert x._version == 1


def test_what_is_written_stays_where_it_is(accelerator: Accelerator) -> None:
    x, host = accelerator.put(LOGITS), torch.zeros(4, 3)
    assert torch.ops.aten.copy_(host, x) is host
    assert torch.ops.aten.copy_(x, host) is x
    assert accelerator.device_of(host.index_put((torch.tensor([0]),), x[0, 0])) == "cpu"


def test_output_given_by_out_grows(accelerator: Accelerator) -> None:
    x = accelerator.put(LOGITS)
    out = torch.empty(0, device=x.device)
    assert torch.exp(x, out=out) is out
    assert out.shape == LOGITS.shape
    assert torch.equal(accelerator.fetch(out), LOGITS.exp())


def test_zeros_without_memory(accelerator: Accelerator) -> None:
    """Forward-mode derivatives are full of them; read as they are, they crash the process."""
    zeros = torch._efficientzerotensor(3, device=accelerator.device)
    assert accelerator.fetch(zeros * accelerator.put(CLASSES[:3])).tolist() == [0.0, 0.0, 0.0]


def test_use_outside_says_so() -> None:
    with Accelerator() as accelerator:
        x = accelerator.put(LOGITS)
    with pytest.raises(RuntimeError, match=r"aten.exp.default on simulated:0 outside of its Accelerator"):
        x.exp()
    assert torch.equal(accelerator.fetch(x), LOGITS)


# State


def surroundings() -> tuple[object, ...]:
    return (
        list(_get_current_dispatch_mode_stack()),
        torch._C._only_lift_cpu_tensors(),
        torch._C._is_multithreading_enabled(),
    )


def test_an_exception_leaves_nothing_behind() -> None:
    before = surroundings()
    with pytest.raises(ZeroDivisionError), Accelerator():
        raise ZeroDivisionError
    with pytest.raises(RuntimeError, match="same device"), Accelerator() as accelerator:
        accelerator.put(LOGITS) + torch.ones(4, 3)
    assert surroundings() == before


def test_nested_accelerators_share_tensors_and_the_inner_one_sees_all() -> None:
    before = surroundings()
    with Accelerator() as outer:
        x = outer.put(LOGITS)
        with Accelerator() as inner:
            x.sum().item()
            torch.tensor([x.sum(), 1.0])
        (x * 2).cpu()
    assert (outer.events, inner.events) == (["d2h: copy of shape (4, 3) to cpu"], ["sync: item()"] * 2)
    assert surroundings() == before


def test_one_accelerator_can_be_entered_again() -> None:
    before = surroundings()
    accelerator = Accelerator()
    for _ in range(2):
        with accelerator, accelerator:
            accelerator.put(LOGITS).sum().item()
    assert accelerator.events == ["sync: item()"] * 2
    assert surroundings() == before


def test_calls_are_recorded_alike_on_the_device_and_off_it() -> None:
    """And replayed there, whatever was recorded where."""
    body = ["y = torch.zeros_like(x)", "y[0] = x[0].exp()", "return 1 / (1 + torch.exp(-x)) + y"]
    source = "\n    ".join(["import torch\ndef f(x):", *body])
    host = Case((LOGITS,), wrt=(0,), cotangent=torch.ones_like(LOGITS), trace=True)
    cases = [host, replace(host, device=SIMULATED)]
    recordings = recorded(source, *cases)
    assert recordings[0].program.text == recordings[1].program.text
    on_host, on_device = replay(recordings, *cases)
    assert (on_host.device, on_device.device) == ("cpu", SIMULATED)
    assert on_host.output is not None
    assert on_device.output is not None
    assert torch.equal(on_host.output, on_device.output)
    assert on_host.trace is not None
    assert on_device.trace is not None
    assert on_host.trace.calls == on_device.trace.calls == 9
    assert on_device.trace.events == {}


# Registration


def test_register_twice_is_register_once() -> None:
    assert register() is register()
    assert str(register()) == "simulated:0"
    assert available()


def test_another_backend_in_our_place_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch._C, "_get_privateuse1_backend_name", lambda: "npu")
    with pytest.raises(AcceleratorUnavailable, match="taken by 'npu'"):
        register.__wrapped__()


def test_torch_without_the_private_function_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch._C, "_get_privateuse1_backend_name", lambda: "privateuseone")
    monkeypatch.delattr(torch.utils.backend_registration, "_setup_privateuseone_for_python_backend")
    assert not available()
    with pytest.raises(AcceleratorUnavailable, match=r"cannot register a device from Python .*: use 2\.11"):
        register.__wrapped__()


LATE_AND_FORKED = """
import os, sys, torch
torch.ones(2, requires_grad=True).sum().backward()
from autograder.worker.accelerator import Accelerator

def check():
    with Accelerator() as accelerator:
        x = accelerator.put(torch.ones(2), requires_grad=True)
        (x * x).sum().backward()
        return accelerator.fetch(x.grad).tolist()

assert check() == [2.0, 2.0]
assert "torch._dynamo" not in sys.modules, "the first operation under a mode has imported torch._dynamo"
child = os.fork()
if child == 0:
    torch.ones(2, requires_grad=True).sum().backward()
    os._exit(0 if check() == [2.0, 2.0] else 1)
assert os.waitpid(child, 0)[1] == 0, "backward fails in a forked child"
"""


def test_registration_after_a_backward_works_and_survives_a_fork() -> None:
    """Either broke autograd as long as backward used a thread for the device."""
    done = subprocess.run([sys.executable, "-c", LATE_AND_FORKED], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0

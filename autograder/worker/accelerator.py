"""A simulated accelerator: a device without hardware that holds real values and keeps CUDA's rules.

A tensor on it wraps a tensor on the CPU. Every operation passes a dispatch mode, which asks
``accelerator_rules`` whether CUDA would allow it, runs it on the CPU and wraps what comes out. So a forgotten
``device=`` or a detour through the host shows on any machine, with the right values and gradients.

torch registers such a device through a private function (in 2.11 to 2.13); only this module touches it.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any, Self

import torch
from torch import Tensor
from torch._ops import OpOverload
from torch.utils._python_dispatch import TorchDispatchMode, _get_current_dispatch_mode_stack

from autograder.worker.accelerator_rules import DEVICE_NAME, Call, is_ordinary
from autograder.worker.case import SIMULATED

_CPU = torch.device("cpu")


class AcceleratorUnavailable(RuntimeError):  # a state of this torch, not an error of anyone's code
    """torch cannot register a device from Python here; whether tensors are well placed stays undecided."""


def available() -> bool:
    """Whether `register` will work in a process like this one, asked without registering anything."""
    module = getattr(torch.utils, "backend_registration", None)
    free = torch._C._get_privateuse1_backend_name() in ("privateuseone", SIMULATED)
    return free and hasattr(module, "_setup_privateuseone_for_python_backend")


@functools.cache
def register() -> torch.device:
    """Make ``simulated:0`` a device of this process and return it; under a millisecond, the first time.

    Raises AcceleratorUnavailable where torch lacks the private function, or another backend has taken torch's
    one place for devices from outside.
    """
    holder = torch._C._get_privateuse1_backend_name()
    if holder != "privateuseone":
        raise AcceleratorUnavailable(
            f"torch's place for an outside device is taken by {holder!r}: use a process without that backend"
        )
    try:
        from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

        _setup_privateuseone_for_python_backend(SIMULATED)
        _answer_item_below_the_modes()
    except (ImportError, AttributeError) as error:
        raise AcceleratorUnavailable(
            f"torch=={torch.__version__} cannot register a device from Python ({error}): use 2.11 to 2.13"
        ) from error
    return torch.device(DEVICE_NAME)


class Accelerator:
    """``simulated:0`` while entered: operations there keep CUDA's rules, and ``events`` lists what they cost.

    Tensors on the device work only inside, backward passes included. Of nested accelerators, the innermost
    sees everything.
    """

    def __init__(self) -> None:
        self.device = register()
        self.events: list[str] = []  # "sync: item()", "d2h: copy of shape (3,) to cpu", "h2d: …" in order
        self._entered: list[ExitStack] = []

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            # Else backward hands the device's work to a thread, which autograd has only if the device was
            # registered before the process's first backward; if not, INTERNAL ASSERT FAILED at engine.cpp.
            stack.enter_context(torch.autograd.set_multithreading_enabled(False))
            stack.enter_context(_literals_come_by_copy())
            stack.enter_context(_Mode(self.events))
            self._entered.append(stack.pop_all())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._entered.pop().close()

    def put(self, tensor: Tensor, requires_grad: bool = False) -> Tensor:
        """The tensor as a leaf on the device, with its strides; it goes on using the given one's memory."""
        return DeviceTensor(tensor.detach()).requires_grad_(requires_grad)

    def fetch(self, tensor: Tensor) -> Tensor:
        """The values as a plain tensor on the CPU that shares the given one's memory; no event."""
        return tensor.host if isinstance(tensor, DeviceTensor) else tensor.detach()

    def device_of(self, tensor: Tensor) -> str:
        """The type of the device that a tensor is on: ``simulated`` or ``cpu``."""
        return tensor.device.type


class DeviceTensor(torch.Tensor):
    """A tensor on ``simulated:0``; its values are those of ``host``, a plain tensor on the CPU."""

    host: Tensor

    # As torch documents it, though not as it types it.
    __torch_function__ = torch._C._disabled_torch_function_impl  # type: ignore[assignment]

    @staticmethod
    def __new__(cls: type[DeviceTensor], host: Tensor) -> DeviceTensor:
        """A tensor of the host's shape, strides and dtype."""
        tensor: DeviceTensor = torch.Tensor._make_wrapper_subclass(
            cls,
            host.size(),
            strides=host.stride(),
            storage_offset=host.storage_offset(),
            dtype=host.dtype,
            layout=host.layout,
            device=register(),
        )
        tensor.host = host
        return tensor

    @classmethod
    def __torch_dispatch__(cls, func: object, *_: object) -> object:
        """Refuse: operations come here only where no accelerator is entered."""
        raise RuntimeError(f"{func} on {DEVICE_NAME} outside of its Accelerator: call it inside the with block")

    def __repr__(self, **_: object) -> str:  # type: ignore[override]  # torch passes tensor_contents
        return f"{repr(self.host)[:-1]}, device='{DEVICE_NAME}')"

    def __deepcopy__(self, memo: dict[int, object]) -> Tensor:
        # torch's own reads the memory at data_ptr(), which here is nothing plus the storage offset: SIGSEGV.
        twin = DeviceTensor(copy.deepcopy(self.host, memo)).requires_grad_(self.requires_grad)
        memo[id(self)] = twin
        return twin

    # torch refuses these to any subclass. On CUDA they work, or fail as they do here.

    def __format__(self, spec: str) -> str:
        with torch._C.DisableTorchFunction():  # as torch's own: what formats a tensor is no call of the learner's
            return format(self.item(), spec) if self.dim() == 0 else object.__format__(self, spec)

    def tolist(self) -> Any:  # noqa: ANN401  # a number, or lists of lists of them
        """The values as nested lists, by way of a copy to the host."""
        return self.cpu().tolist()

    def numpy(self, *, force: bool = False) -> Any:  # noqa: ANN401  # an array; numpy is not imported for it
        """Refuse, as CUDA does, unless ``force`` asks for a copy to the host."""
        if force:
            return self.detach().cpu().numpy()
        raise TypeError(
            f"can't convert {DEVICE_NAME} device type tensor to numpy. "
            "Use Tensor.cpu() to copy the tensor to host memory first."
        )


class _Mode(TorchDispatchMode):
    """Sees every operation: has it judged, runs it on the CPU, and wraps what comes out."""

    def __init__(self, events: list[str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.events = events

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # True, the default, keeps torch.compile out of __torch_dispatch__, and for that imports torch._dynamo
        # at the first operation: 823 modules, more than a second. Nothing is compiled here.
        return False

    def __torch_dispatch__(
        self,
        func: OpOverload,
        types: object,
        args: Sequence[object] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        if not kwargs and is_ordinary(func) and (hosts := _all_hosts(args)):
            return _on_device(func(*hosts), hosts, args)
        return self._judged(func, args, dict(kwargs or {}))

    def _judged(self, func: OpOverload, args: Sequence[object], kwargs: dict[str, object]) -> object:
        call = Call(func, args, kwargs)
        self.events += call.crossings()
        to_device = call.comes_out_on_device()
        if to_device and call.asked_device is not None:
            kwargs["device"] = _CPU
        given: dict[int, DeviceTensor] = {}

        def unwrap(tensor: Tensor) -> Tensor:
            if not isinstance(tensor, DeviceTensor):
                return tensor
            host = tensor.host
            given[id(host)] = tensor
            return host

        def wrap(tensor: Tensor) -> Tensor:
            written = given.get(id(tensor))
            if written is None:
                return DeviceTensor(_with_memory(tensor))
            if (written.size(), written.stride()) != (tensor.size(), tensor.stride()):
                with self:  # what setting data asks of torch has to come here
                    written.data = DeviceTensor(tensor)
            return written  # an operation in place returns its own argument

        host_kwargs = {name: _replace(value, unwrap) for name, value in kwargs.items()}
        result = func(*[_replace(value, unwrap) for value in args], **host_kwargs)
        return _replace(result, wrap) if to_device else result


def _all_hosts(args: Sequence[object]) -> list[object] | None:
    """The arguments with the device's tensors as those on the CPU; None where there is any other tensor, or none."""
    hosts: list[object] = []
    found = False
    for value in args:
        if type(value) is DeviceTensor:
            found = True
            hosts.append(value.host)
        elif isinstance(value, Tensor) or (isinstance(value, list | tuple) and any(map(_is_tensor, value))):
            return None
        else:
            hosts.append(value)
    return hosts if found else None


def _is_tensor(value: object) -> bool:
    return isinstance(value, Tensor)


def _on_device(result: object, hosts: Sequence[object], args: Sequence[object]) -> object:
    """What an ordinary operation gave; an argument that it returns is itself again."""
    for host, value in zip(hosts, args, strict=True):
        if host is result:
            return value
    return _replace(result, lambda tensor: DeviceTensor(_with_memory(tensor)))


def _replace(value: object, change: Callable[[Tensor], Tensor]) -> Any:  # noqa: ANN401  # the type of ``value``
    """Change every tensor in what an operation takes or returns: one, a list or tuple of them, or none."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, list):
        return [_replace(item, change) for item in value]
    return tuple(_replace(item, change) for item in value) if isinstance(value, tuple) else value


def _with_memory(tensor: Tensor) -> Tensor:
    # Forward-mode derivatives use zeros without memory, and a kernel called from a mode reads them: SIGSEGV.
    return torch.zeros(tensor.size(), dtype=tensor.dtype) if tensor._is_zerotensor() else tensor


@contextmanager
def _literals_come_by_copy() -> Iterator[None]:
    """Have ``torch.tensor(data, device=…)`` build on the CPU and copy; else modes do not see it happen."""
    before = torch._C._only_lift_cpu_tensors()
    torch._C._set_only_lift_cpu_tensors(True)
    try:
        yield
    finally:
        torch._C._set_only_lift_cpu_tensors(before)


def _answer_item_below_the_modes() -> None:
    """Give the device a kernel for ``item()``, which ``torch.tensor([a, b])`` calls unseen by modes."""

    def item(tensor: DeviceTensor) -> object:
        modes = [mode for mode in _get_current_dispatch_mode_stack() if isinstance(mode, _Mode)]
        for innermost in modes[-1:]:
            innermost.events.append("sync: item()")
        return tensor.host.item()

    library = torch.library.Library("aten", "IMPL")  # type: ignore[no-untyped-call]
    library.impl("_local_scalar_dense", item, "PrivateUse1")  # type: ignore[no-untyped-call]
    torch.get_device_module(SIMULATED).library = library  # a kernel lasts as long as its library

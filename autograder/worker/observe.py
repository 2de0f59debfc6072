"""Call a function once, as a case says, and tell what it did.

The grader observes its references with the same code, so that both sides are cloned, differentiated and described
alike.
"""

from __future__ import annotations

import contextlib
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from autograder.worker.case import SIMULATED, Case, Claimed, Foreign, Observation, Raised, Trace
from autograder.worker.codec import MAX_DIMS
from autograder.worker.inputs import Device, Inputs, torch_device
from autograder.worker.places import without_places
from autograder.worker.settings import asked_by
from autograder.worker.tape import CallCounter
from autograder.worker.wire import MAX_RAW

MAX_MESSAGE = 500
MAX_NAMES = 300  # different operators, graph nodes or events in one call: what fits a frame's header
_MAX_NAME = 200


_AS_IT_IS = contextlib.nullcontext()

_Facts = dict[str, Any]  # fields of an observation on its way: replacing a frozen one takes longer than many a call


class Stage(Exception):
    """The learner's code raised; ``__cause__`` is what it raised, ``stage`` where."""

    def __init__(self, stage: str) -> None:
        super().__init__(stage)
        self.stage = stage


def observe(function: Callable[..., object], case: Case, filename: str | None = None) -> Observation:
    """Call ``function`` as ``case`` says and describe what happened.

    Args:
        function: a plain callable, or an nn.Module.
        case: the input; it is not changed: the call gets private copies with the same strides.
        filename: the learner's file, to find the line of an exception; None for a reference.

    """
    with asked_by(case), device_of(case.device) as device:
        inputs = Inputs(case, device)
        seen: _Facts = {"type": ""}
        try:
            _call(function, case, inputs, device, seen)
        except Stage as error:
            seen = {"type": "", "raised": _raised(error, filename)}
        seen["mutated"] = inputs.changed()
        if "trace" in seen:
            seen["trace"] = replace(seen["trace"], events=_counts(device.events))
    return Observation(**seen)


def _call(function: Callable[..., object], case: Case, inputs: Inputs, device: Device, seen: _Facts) -> None:
    with CallCounter() if case.trace else _AS_IT_IS as counter, inferring(case):
        output = _run("call", lambda: inputs.call(function))
    if counter is not None:
        seen["trace"] = Trace(calls=counter.calls)
    if not is_plain(output, case.device):
        seen["type"] = told_type(output)
        return
    _run("call", lambda: _describe(output, inputs, device, seen))
    if seen["type"] != "Tensor":
        return
    with _with_gradients():
        differentiate(output, case, inputs, device, seen)


def inferring(case: Case) -> contextlib.AbstractContextManager[object]:
    """Inference mode around a call, where its case asks for it; its inputs are made outside, as a data loader's are."""
    return torch.inference_mode() if case.inference else _AS_IT_IS


def _with_gradients() -> contextlib.AbstractContextManager[object]:
    # To switch on what is on, and off again, takes a fortieth of all a submission's calls.
    return _AS_IT_IS if torch.is_grad_enabled() else torch.enable_grad()


def _describe(output: Tensor, inputs: Inputs, device: Device, seen: _Facts) -> None:
    peculiar = peculiarity(output)
    if peculiar:
        seen["type"] = peculiar
        return
    fits = output.numel() * output.element_size() <= MAX_RAW  # an expanded one may have 10**12 elements
    seen |= {
        "type": "Tensor",
        "output": device.fetch(output).contiguous() if fits else None,
        "shape": tuple(output.shape),
        "dtype": str(output.dtype).removeprefix("torch."),
        "device": device.name(output),
        "requires_grad": output.requires_grad,
        "aliased": inputs.sharing_memory(output),
    }


def peculiarity(output: Tensor) -> str:
    """What kind of tensor it is, if one without a shape, strides or values as others have; else empty."""
    if output.is_nested:
        return "a nested tensor"
    if output.layout is not torch.strided:
        return f"a tensor of layout {output.layout}"
    if output.is_meta:
        return "a tensor on device meta, which has no values"
    return f"a tensor of {output.dim()} dimensions" if output.dim() > MAX_DIMS else ""


def differentiate(
    output: Tensor, case: Case, inputs: Inputs, device: Device, seen: _Facts, *, keep: bool = False
) -> None:
    """Add to ``seen`` the gradients that a case asks for, and their gradients; Stage where that raises.

    ``keep`` has the graph kept for another backward pass.
    """
    cotangent = inputs.cotangent
    if cotangent is None or not case.wrt or not output.requires_grad or output.shape != cotangent.shape:
        return
    if not output.dtype.is_floating_point:
        return
    wrt = tuple([tensor for position in case.wrt if isinstance(tensor := inputs.args[position], Tensor)])
    cotangent = cotangent.to(output.dtype)
    twice = bool(case.second)
    gradients = _run("backward", lambda: _grad((output,), wrt, (cotangent,), keep=keep or twice, create_graph=twice))
    seen["gradients"] = tuple(None if g is None else device.fetch(g).contiguous() for g in gradients)
    seen["gradient_devices"] = tuple("" if g is None else device.name(g) for g in gradients)
    if not case.second:
        return
    pairs = [
        (g, c)
        for g, c in zip(gradients, inputs.second, strict=True)
        if g is not None and g.requires_grad and g.shape == c.shape
    ]
    second: Sequence[Tensor | None] = (None,) * len(wrt)  # the gradient is constant
    if pairs:
        outputs, cotangents = zip(*pairs, strict=True)
        second = _run("second backward", lambda: _grad(outputs, wrt, cotangents, keep=keep))
    # Zeros for none: whether a constant has no gradient or one of 0 is not what anybody asks.
    seen["second"] = tuple(
        [
            torch.zeros(x.shape, dtype=x.dtype, device="cpu") if g is None else device.fetch(g).contiguous()
            for g, x in zip(second, wrt, strict=True)
        ]
    )


def _grad(
    outputs: tuple[Tensor, ...],
    inputs: tuple[Tensor, ...],
    cotangents: tuple[Tensor, ...],
    *,
    keep: bool = False,
    create_graph: bool = False,
) -> tuple[Tensor | None, ...]:
    """`torch.autograd.grad` with ``allow_unused``, less its checks: of shapes and dtypes that we have compared.

    They are written for symbolic shapes and take a third of the time of a small function's call and gradient. The
    engine's arguments have been these since torch 1.8: outputs, their cotangents, whether to keep the graph and to
    make one of the gradients, inputs, and that some may be unused.
    """
    engine = torch.autograd.Variable._execution_engine
    found: tuple[Tensor | None, ...] = engine.run_backward(
        outputs, cotangents, keep, create_graph, inputs, True, accumulate_grad=False
    )
    return found


def _run(stage: str, action: Callable[[], Any]) -> Any:  # noqa: ANN401  # whatever a learner's function returns
    try:
        return action()
    except Exception as error:
        raise Stage(stage) from error


def _raised(error: Stage, filename: str | None) -> Raised:
    cause = error.__cause__
    assert cause is not None  # noqa: S101  # _run always chains
    return describe_exception(cause, error.stage, filename)


def describe_exception(cause: BaseException, stage: str, filename: str | None) -> Raised:
    """An exception of a learner's code as plain values; a ``__str__`` that raises is survived."""
    if isinstance(cause, Claimed):
        return replace(cause.raised, stage=stage)
    # Not extract_tb, which looks for the text of each line in files, and takes as long as many a call.
    frames = traceback.walk_tb(cause.__traceback__)
    lines = [line for frame, line in frames if frame.f_code.co_filename == filename]
    if isinstance(cause, SyntaxError) and cause.filename == filename and type(cause.lineno) is int:
        lines.append(cause.lineno)  # "'return' outside function" has no frame
    try:
        message = _plain(without_places(_plain(str(cause), 8 * MAX_MESSAGE)), MAX_MESSAGE)
    except Exception as error:
        message = f"(its message could not be made: {type(error).__name__})"
    return Raised(
        stage=stage,
        type=_type_name(cause),
        bases=tuple(_class_name(base) for base in type.mro(type(cause))[:8]),
        message=message,
        line=lines[-1] if lines else None,
    )


# Surroundings ---------------------------------------------------------------------------------------------------------


def device_of(name: str) -> contextlib.AbstractContextManager[Device]:
    """The device of a case, entered: torch's own, or the simulated accelerator."""
    return _simulated() if name == SIMULATED else contextlib.nullcontext(torch_device(name))


@contextlib.contextmanager
def _simulated() -> Iterator[Device]:
    from autograder.worker.accelerator import Accelerator

    with Accelerator() as accelerator:
        yield Device(
            put=accelerator.put,
            fetch=accelerator.fetch,
            name=accelerator.device_of,
            events=accelerator.events,
        )


def _counts(names: Sequence[str]) -> dict[str, int]:
    return {_plain(name, _MAX_NAME): count for name, count in Counter(names).most_common(MAX_NAMES)}


def is_plain(output: object, device: str) -> bool:
    """Whether ``output`` is a tensor of torch's own class, or the simulated accelerator's."""
    # A subclass may answer every comparison with True: only the class itself is a tensor to us.
    if type(output) is Tensor:
        return True
    if device != SIMULATED:
        return False
    from autograder.worker.accelerator import DeviceTensor

    return type(output) is DeviceTensor


def told_type(output: object) -> str:
    """The name of the type of what is no plain tensor, for the learner."""
    if isinstance(output, Foreign):
        return output.name
    name = _type_name(output)
    return "a class Tensor of its own" if name == "Tensor" else name


def _type_name(value: object) -> str:
    return _class_name(type(value))


def _class_name(cls: type) -> str:
    return _plain(type.__dict__["__name__"].__get__(cls))  # a metaclass may answer cls.__name__ with anything


def _plain(text: str, longest: int = 80) -> str:
    """Text that can be encoded: a lone surrogate in a learner's message would break the frame."""
    start = str.__getitem__(text, slice(longest))  # of a subclass of str, not what it says its start is
    return start.encode("utf-8", "replace").decode()

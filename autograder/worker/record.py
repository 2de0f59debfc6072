"""Record one call of a submission's function: its program, and what the process says of itself besides."""

from __future__ import annotations

import contextlib
import math
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn

from autograder.worker.case import TOO_MANY_CALLS, Case
from autograder.worker.cut import cut_out, left_over, text_of
from autograder.worker.inputs import Device, Inputs
from autograder.worker.keeping import CHANGES, changes, kept
from autograder.worker.modules import ModuleWatch
from autograder.worker.observe import (
    Stage,
    describe_exception,
    device_of,
    differentiate,
    inferring,
    is_plain,
    peculiarity,
    told_type,
)
from autograder.worker.own_functions import noted_by
from autograder.worker.program import MAX_STEPS, SURELY_READ, Json, TooMuch, read_program
from autograder.worker.settings import Settings
from autograder.worker.tape import Tape, TooManyCalls
from autograder.worker.terms import Refused
from autograder.worker.values import CALLS, Step, Value, ambient
from autograder.worker.wire import ProtocolError


@dataclass(slots=True)
class Claims:
    """What a worker says that no replay can show: settings left changed, what a module holds, where calls stand."""

    globals_changed: list[str] = field(default_factory=list)
    module: dict[str, int] | None = None
    lines: dict[str, int] = field(default_factory=dict)

    def entry(self) -> Json:
        """As plain data."""
        return {"globals": self.globals_changed, "module": self.module, "lines": list(self.lines.items())}


class Recorder:
    """Records the calls of one submission's function, one after the other, in the process where its file was loaded."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.tape = Tape()
        self._lasting = 0
        self._too_large = math.inf  # elements of an input on which the function has made too many calls

    @contextlib.contextmanager
    def importing(self) -> Iterator[None]:
        """Note what a file does on torch while it is loaded: what it makes there may be used by every call."""
        self.tape.line_of = self._line
        with self.tape, noted_by(self.tape):
            yield
        self._lasting = len(self.tape.steps)

    def record(
        self, function: Callable[..., object], case: Case, script: Sequence[bool | None] = (), *, lines: bool = False
    ) -> tuple[str, Claims]:
        """Call ``function`` as ``case`` says; returns the program's text, and what the process claims besides.

        Args:
            function: a plain callable, or an nn.Module.
            case: the input; it is not changed: the call gets private copies with the same strides.
            script: what the code is to read instead of what is there, one after the other, where that is a boolean.
            lines: also note the line of the learner's file on which each call stands.

        """
        size = sum(value.numel() for value in case.args if isinstance(value, Tensor))
        if size >= self._too_large:
            return text_of([], [Value(value) for value in case.tensors()], _too_long()), Claims()
        self.tape.forget_since(self._lasting)
        self.tape.facts.clear()
        self.tape.noted = 0
        self._lasting = len(self.tape.steps)
        self.tape.line_of = self._line if lines else None
        self.tape.script = deque(script)
        claims = Claims()
        with Settings(case) as settings, device_of(case.device) as device:
            inputs = Inputs(case, device)
            given = [self.tape.bind(tensor) for tensor in inputs.tensors]
            end = self._call(function, case, inputs, device, claims)
            if end == _too_long():
                self._too_large = size
            until = len(self.tape.steps)
            if end[0] == "value" and any(step.entry[0] == "function" for step in self.tape.steps[self._lasting :]):
                if case.watch and not script:
                    self._call_between(function, case, device)
                self._differentiate(end[1].tensor, case, inputs, device)
            text = self._text(given, end, until)
            if case.watch and not script:
                text = self._left_over(function, case, inputs, device, given) or text
        claims.globals_changed = settings.changed
        if lines:
            claims.lines = dict(self.tape.lines)
        return text, claims

    def _call(
        self, function: Callable[..., object], case: Case, inputs: Inputs, device: Device, claims: Claims
    ) -> Json:
        try:
            watch = ModuleWatch(function, case) if isinstance(function, nn.Module) else None
            placed = contextlib.nullcontext() if watch is None else watch.placed(device)
            self.tape.at_ambient(ambient())
            with self.tape, noted_by(self.tape), placed, inferring(case):
                self.tape.at_ambient(ambient())  # what a case asks for is no setting of the code's
                if watch is not None and watch.has_buffers():
                    self.tape.facts |= {"dtype", "device"}  # which they have followed, whatever the code asks
                before = kept(function) if case.watch else []
                output = inputs.call(function)
                if watch is not None:
                    claims.module = watch.counts()
                if case.watch:
                    claims.module = {**(claims.module or {}), CHANGES: changes(before, kept(function))}
                if not is_plain(output, case.device):
                    return ["type", told_type(output)]
                assert isinstance(output, Tensor)  # noqa: S101  # as just found
                return ["value", self.tape.value_of(output)]
        except TooManyCalls:
            return _too_long()
        except Exception as error:
            raised = describe_exception(error, "call", self.filename)
            return ["raised", raised.type, list(raised.bases), raised.message, raised.line]

    def _differentiate(self, output: Tensor, case: Case, inputs: Inputs, device: Device) -> None:
        """Have autograd run the backward passes of the submission's own Functions, which note what they do."""
        if peculiarity(output) or case.cotangent is None:
            return
        with contextlib.suppress(Stage), torch.enable_grad():
            differentiate(output, case, inputs, device, {}, keep=True)
            differentiate(output, replace(case, second=()), inputs, device, {})  # as who has two losses does

    def _call_between(self, function: Callable[..., object], case: Case, device: Device) -> None:
        """Call on other tensors before the first call's backward pass, which is to use nothing that this one leaves."""
        others = Inputs(case, device)
        for tensor in others.tensors:
            self.tape.bind(tensor)
        self._call(function, case, others, device, Claims())

    def _left_over(
        self, function: Callable[..., object], case: Case, inputs: Inputs, device: Device, given: list[Value]
    ) -> str | None:
        """Call again on the very same tensors: a program of what the first call has left of them, if that is used.

        ``functools.lru_cache`` knows a tensor by its identity: it gives the old answer where the caller has written new
        numbers into the tensor.
        """
        start = len(self.tape.steps)
        end = self._call(function, case, inputs, device, Claims())
        first, second = self.tape.steps[self._lasting : start], self.tape.steps[start:]
        wanted = [end[1]] if end[0] == "value" else []
        for value in left_over(first, second, given, wanted):
            return text_of([Step(["stale", value], (), [value])], given, ["value", value])
        return None

    def _text(self, given: list[Value], end: Json, until: int) -> str:
        tape = self.tape
        if end == _too_long():
            return text_of([], given, end)
        wanted = [end[1]] if end[0] == "value" else []
        steps = cut_out(tape.steps[: self._lasting], tape.steps[self._lasting : until], given, wanted)
        refused = next((step.refused for step in steps if step.refused), None)
        if refused is None:
            text = text_of(steps, given, end)
            if len(text) < SURELY_READ and all(step.entry[0] in CALLS for step in steps):
                return text
            try:  # whatever the grader would not read is better said here, where it is no forgery
                read_program(text)
            except TooMuch as error:
                if error.why is None:
                    return text_of([], given, _too_long())
                if any(step.entry[0] == "read" for step in steps):  # by float(), and not out of a table
                    return text_of([], given, ["raised", "RuntimeError", ["RuntimeError", "Exception"], _READ, None])
                refused = error.why
            except ProtocolError:
                refused = Refused.ARGUMENT
            else:
                return text
        called = dict.fromkeys(step.entry[1] for step in steps if step.entry[0] in CALLS)
        told = [Step(["call", name, [], {}, None]) for name in list(called)[:FEW_NAMES] if name]
        return text_of(told, given, ["refused", refused])

    def _line(self) -> int | None:
        frame = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != self.filename:
            frame = frame.f_back  # type: ignore[assignment]
        return None if frame is None else frame.f_lineno


FEW_NAMES = 200
_READ = "it computes with numbers that Python has read out of tensors, one by one: use tensor operations"


def _too_long() -> Json:
    message = f"more than {MAX_STEPS} calls of torch: is there a loop over the elements?"
    return ["raised", TOO_MANY_CALLS, [TOO_MANY_CALLS, "Exception"], message, None]

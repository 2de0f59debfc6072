"""What a call is seen to leave behind: changed inputs and settings, kept tensors, exceptions."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch._tensor_str import PRINT_OPTS

from autograder.worker import settings
from autograder.worker.case import Case, Observation
from autograder.worker.observe import MAX_MESSAGE, observe
from autograder.worker.record import Claims, Recorder
from autograder.worker.replay import Replay
from tests.observing import FILE, claims, raised, seen, values, vjp

DOUBLED = "default dtype: torch.float64 instead of torch.float32"


@pytest.fixture(autouse=True)
def _torch_is_left_as_it_was() -> Iterator[None]:
    """Whatever a function in these tests does to torch's settings, whoever calls it puts them back."""
    torch.set_num_threads(1)
    before = settings.read_settings()
    with settings.settings_kept():  # where one of these tests fails, those after it need not
        yield
        assert settings.read_settings() == before


# Side effects ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x.zero_(),
        lambda x: x.mul_(1),  # the values stay, and autograd refuses a backward pass through what used them
        lambda x: x.t_(),
        lambda x: x.resize_(1),
        lambda x: setattr(x, "data", torch.zeros(2)),
        lambda x: setattr(x, "data", x.data.view(3, 2)),
        lambda x: setattr(x, "data", x.data.expand(10**6, 10**6, 2, 3)),
        lambda x: x.set_(torch.zeros(3)),
    ],
    ids=["values", "version", "shape", "size", "data", "shape of data", "data too large to read", "storage"],
)
def test_a_changed_input_is_named(change: Callable[[Tensor], object]) -> None:
    def call(x: Tensor, y: Tensor) -> Tensor:
        change(y)
        return x * 1

    assert seen(call, values(1.0, 2.0), torch.arange(6.0).reshape(2, 3)).mutated == ("argument 2",)


def test_nan_and_negative_zero_are_no_change_but_a_sign_is() -> None:
    x = values(float("nan"), -0.0)
    assert seen(lambda x: x * 1, x).mutated == ()
    assert seen(lambda x: x.detach().numpy().__setitem__(1, 0.0) or x * 1, x).mutated == ("argument 1",)


class _Passing(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:  # torch's
        return x.clone()

    @staticmethod
    def backward(ctx: Any, *cotangents: Tensor) -> Tensor:
        given = cotangents[0].clone()
        cotangents[0].mul_(100.0)
        return given


class _Doubling(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx: Any, *cotangents: Tensor) -> Any:
        (x,) = ctx.saved_tensors
        return _Passing.apply(2 * x * cotangents[0])  # type: ignore[no-untyped-call]


def test_a_second_incoming_gradient_is_a_copy_of_its_own_and_watched() -> None:
    """The replayer keeps its cases for the whole class: what one answer wrote there, the next would be judged on."""
    case = Case((values(1.0, 2.0),), wrt=(0,), cotangent=values(1.0, 1.0), second=(values(1.0, 1.0),))
    assert observe(_Doubling.apply, case).mutated == ("the incoming gradient",)
    assert case.second[0].tolist() == [1.0, 1.0]


def test_a_change_before_an_exception_is_named_too() -> None:
    def spoil(x: Tensor) -> Tensor:
        x.zero_()
        raise ValueError

    assert seen(spoil).mutated == ("argument 1",)


@pytest.mark.parametrize(
    ("function", "aliased"),
    [
        (lambda x, w: x, ("argument 1",)),
        (lambda x, w: x.view(-1), ("argument 1",)),
        (lambda x, w: x[1:], ("argument 1",)),
        (lambda x, w: w.expand(3, 2), ("w",)),
        (lambda x, w: x.detach(), ("argument 1",)),
        (lambda x, w: x.contiguous(), ("argument 1",)),
        (lambda x, w: x.clone(), ()),
        (lambda x, w: x + w, ()),
        (lambda x, w: x[:0], ()),
    ],
)
def test_an_output_in_the_memory_of_an_input_is_told(
    function: Callable[[Tensor, Tensor], Tensor], aliased: tuple[str, ...]
) -> None:
    assert seen(function, kwargs={"w": values(3.0, 4.0)}).aliased == aliased


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda: torch.manual_seed(0), "the random number generator"),
        (lambda: torch.manual_seed(torch.initial_seed()), "the random number generator"),
        (lambda: torch.rand(1), "the random number generator"),
        (lambda: torch.set_default_dtype(torch.float64), "default dtype: torch.float64 instead of torch.float32"),
        (lambda: torch.set_default_device("meta"), "default device: meta instead of cpu"),
        (lambda: torch.set_grad_enabled(False), "grad mode: False instead of True"),
        (lambda: torch.autograd.set_detect_anomaly(True), "anomaly detection: True instead of False"),
        (lambda: torch.set_num_threads(3), "number of threads: 3 instead of 1"),
        (lambda: torch.use_deterministic_algorithms(True), "deterministic algorithms: True instead of False"),
        (lambda: torch.set_float32_matmul_precision("medium"), "matmul precision: medium instead of highest"),
        (lambda: torch.set_flush_denormal(True), "flushing of denormal numbers: True instead of False"),
        (lambda: torch.set_warn_always(True), "repeated warnings: True instead of False"),
        (lambda: torch.set_autocast_enabled("cpu", True), "autocast: True instead of False"),
        (lambda: torch.set_printoptions(precision=2), "print option precision: 2 instead of 4"),  # type: ignore[no-untyped-call]
        (lambda: setattr(PRINT_OPTS, "precision", "9" * 500), f"print option precision: {'9' * 40} instead of 4"),
    ],
)
def test_a_changed_setting_of_torch_is_named_and_put_back(change: Callable[[], object], named: str) -> None:
    """R8; that it is put back is what every test here ends with."""

    def call(x: Tensor) -> Tensor:
        change()
        return x * 1

    assert claims(call).globals_changed == [named]
    assert claims(lambda x: x * 1).globals_changed == []


def test_a_setting_changed_before_an_exception_is_named_and_put_back() -> None:
    def call(x: Tensor) -> Tensor:
        torch.set_default_dtype(torch.float64)
        raise ValueError

    assert claims(call).globals_changed == [DOUBLED]


def test_a_setting_that_the_call_puts_back_itself_is_no_change() -> None:
    def careful(x: Tensor) -> Tensor:
        with torch.no_grad():
            scale = x.max()
        return x / scale

    assert claims(careful, wrt=(0,), cotangent=values(1.0, 10.0)).globals_changed == []


# Modules --------------------------------------------------------------------------------------------------------------


class Stateful(nn.Module):
    """Everything a module of an exercise should not have."""

    counts: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(2, 2)
        self.register_buffer("counts", torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        self.last = x * 2
        self.inner.kept = x * 3
        self.eval()
        return self.last


def called(
    module: nn.Module, recorder: Recorder | None = None, *, training: bool = True, dtype: torch.dtype = torch.float32
) -> tuple[Observation, Claims]:
    """What a module does with a vector of two when it is replayed, and what is claimed of it when it is recorded."""
    case = Case((values(1.0, 2.0, dtype=dtype),), training=training)
    text, claims = (recorder or Recorder(FILE)).record(module, case)
    return observe(Replay(text), case, FILE), claims


def test_what_a_module_has_and_keeps_is_counted() -> None:
    assert called(Stateful())[1].module == {
        "parameters": 2,
        "buffers": 1,
        "tensors kept from a call": 2,
        "changes of mode": 1,
    }


def test_a_tensor_kept_anew_in_each_call_counts_each_time() -> None:
    module, recorder = Stateful(), Recorder(FILE)
    for _ in range(3):
        counts = called(module, recorder)[1].module
        assert counts is not None
        assert counts["tensors kept from a call"] == 2


class Constants(nn.Module):
    """Buffers that no state_dict has, and one that it has."""

    def __init__(self, *, persistent: bool) -> None:
        super().__init__()
        self.register_buffer("halves", torch.tensor([0.5, 0.5], dtype=torch.float64), persistent=persistent)
        self.register_buffer("nothing", None, persistent=True)
        self.given: list[torch.dtype] = []

    def forward(self, x: Tensor) -> Tensor:
        halves = self.get_buffer("halves")
        self.given.append(halves.dtype)
        return x * halves


@pytest.mark.parametrize("persistent", [True, False])
def test_only_buffers_that_are_saved_are_counted(persistent: bool) -> None:
    counts = called(Constants(persistent=persistent))[1].module
    assert counts is not None
    assert {name for name, count in counts.items() if count} == ({"buffers"} if persistent else set())


def test_a_buffer_follows_the_module_to_the_inputs_dtype_and_keeps_its_digits() -> None:
    module, recorder = Constants(persistent=False), Recorder(FILE)
    for dtype in (torch.bfloat16, torch.float64):
        assert called(module, recorder, dtype=dtype)[0].dtype == str(dtype).removeprefix("torch.")
    assert module.given == [torch.bfloat16, torch.float64]
    assert module.get_buffer("halves").dtype is torch.float64


@pytest.mark.parametrize(
    "write",
    [
        lambda module: module.halves.mul_(2),
        lambda module: setattr(module, "halves", torch.ones(2)),
        lambda module: setattr(module, "nothing", torch.ones(2)),
        lambda module: module.register_buffer("new", torch.ones(2), persistent=False),
    ],
    ids=["in place", "replaced", "filled", "registered"],
)
def test_a_buffer_that_a_call_writes_is_kept_from_it(write: Callable[[nn.Module], object]) -> None:
    class Writes(Constants):
        def forward(self, x: Tensor) -> Tensor:
            write(self)
            return x * 2

    for _ in range(2):
        counts = called(Writes(persistent=False))[1].module
        assert counts is not None
        assert counts["tensors kept from a call"] == 1


def test_a_plain_module_has_and_keeps_nothing() -> None:
    counts = called(nn.SiLU())[1].module
    assert counts is not None
    assert set(counts.values()) == {0}


def test_a_function_has_no_counts() -> None:
    assert Recorder(FILE).record(lambda x: x * 2, Case((values(1.0),)))[1].module is None


@pytest.mark.parametrize("training", [True, False])
def test_a_module_is_in_the_mode_of_the_case(training: bool) -> None:
    class Mode(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x * self.training

    output = called(Mode(), training=training)[0].output
    assert output is not None
    assert output.tolist() == [1.0 * training, 2.0 * training]


def test_a_modules_own_methods_are_not_asked_what_it_holds() -> None:
    """Those of nn.Module are, which say what there is; nor may its own keep it from being called."""

    class Sly(Stateful):
        def train(self, mode: bool = True) -> "Sly":
            raise ValueError("no modes")

        def parameters(self, recurse: bool = True) -> Iterator[nn.Parameter]:
            return iter(())

        buffers = modules = parameters  # type: ignore[assignment]

        def forward(self, x: Tensor) -> Tensor:
            self.last = x * 2
            return self.last

    it, claimed = called(Sly())
    assert it.output is not None
    assert it.output.tolist() == [2.0, 4.0]
    assert claimed.module == {"parameters": 2, "buffers": 1, "tensors kept from a call": 1, "changes of mode": 0}


# Exceptions -----------------------------------------------------------------------------------------------------------


def test_an_exception_is_told_with_its_bases_and_message() -> None:
    it = raised(seen(lambda x: x[5]))
    assert (it.stage, it.type, it.bases[:2]) == ("call", "IndexError", ("IndexError", "LookupError"))
    assert "out of bounds" in it.message


class Broken(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x * 2

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        raise ZeroDivisionError("in backward")


class OnceOnly(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        return grads[0] * Broken.apply(*ctx.saved_tensors)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("function", "stage"),
    [
        (lambda x: 1 // 0, "call"),
        (Broken.apply, "backward"),
        (OnceOnly.apply, "second backward"),
    ],
)
def test_the_stage_of_an_exception(function: Callable[[Tensor], Tensor], stage: str) -> None:
    it = raised(vjp(function, second=(values(1.0, 1.0),)))
    assert (it.stage, it.type) == (stage, "ZeroDivisionError")


def test_the_line_is_the_innermost_of_the_learners_file() -> None:
    source = "def f(x):\n    return g(x)\n\n\ndef g(x):\n    return x.reshape(7)\n"
    names: dict[str, Any] = {}
    exec(compile(source, FILE, "exec"), names)
    assert raised(seen(names["f"])).line == 6


def test_an_exception_outside_the_learners_file_has_no_line() -> None:
    assert raised(seen(lambda x: 1 // 0)).line is None


def test_the_line_of_a_backward_is_told() -> None:
    source = """import torch
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, grad):
        raise ValueError
"""
    names: dict[str, Any] = {}
    exec(compile(source, FILE, "exec"), names)
    it = raised(vjp(names["F"].apply))
    assert (it.stage, it.line) == ("backward", 8)


def failing(message: object) -> Callable[[Tensor], Tensor]:
    """A function whose exception answers str() with ``message``, or by calling it."""

    class Failure(Exception):
        def __str__(self) -> Any:
            return message() if callable(message) else message

    def call(x: Tensor) -> Tensor:
        raise Failure

    return call


class Sly(str):
    __slots__ = ()

    def __getitem__(self, key: object) -> Any:
        return 3

    def encode(self, *args: object) -> bytes:
        raise ValueError

    def __len__(self) -> int:
        return 1


def divide() -> str:
    return str(1 // 0)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("x" * 50_000_000, "x" * MAX_MESSAGE),
        ("😀" * 1000, "😀" * MAX_MESSAGE),
        ("a\ud800b", "a?b"),
        ("a\x1b[2J\0b", "a\x1b[2J\0b"),
        (divide, "(its message could not be made: ZeroDivisionError)"),
        (3, "(its message could not be made: TypeError)"),
        (None, "(its message could not be made: TypeError)"),
        (Sly("sly"), "sly"),
        ("", ""),
    ],
    ids=["50 MB", "emoji", "surrogate", "control characters", "raises", "number", "None", "subclass of str", "empty"],
)
def test_a_message_is_a_short_plain_text(message: object, told: str) -> None:
    it = raised(seen(failing(message)))
    assert (it.type, it.message) == ("Failure", told)
    assert type(it.message) is str


def test_a_class_that_lies_about_its_name_is_told_by_its_name() -> None:
    class Meta(type):
        @property
        def __name__(cls) -> str:  # type: ignore[override]
            raise ValueError

        @property
        def __mro__(cls) -> tuple[type, ...]:
            raise ValueError

    class Odd(metaclass=Meta):
        pass

    class OddError(Exception, metaclass=Meta):
        pass

    def call(x: Tensor) -> Tensor:
        raise OddError

    assert seen(lambda x: Odd()).type == "Odd"
    assert raised(seen(call)).bases[:2] == ("OddError", "Exception")


def test_recursion_without_end_is_an_exception() -> None:
    def deeper(x: Tensor) -> Tensor:
        return deeper(x)

    assert raised(seen(deeper)).type == "RecursionError"


@pytest.mark.parametrize("error", [SystemExit(0), KeyboardInterrupt()])
def test_an_exit_is_not_caught(error: BaseException) -> None:
    """It ends the worker, and the sandbox tells; torch is put back all the same."""

    def leave(x: Tensor) -> Tensor:
        torch.set_default_dtype(torch.float64)
        raise error

    with pytest.raises(type(error)):
        claims(leave)
    assert torch.get_default_dtype() is torch.float32
    with pytest.raises(type(error)):
        seen(leave)


def test_only_the_grader_says_that_an_answer_was_lost() -> None:
    it = seen(lambda x: x * 2)
    assert (it.lost, it.detail) == (None, None)


def test_what_a_call_leaves_behind_is_looked_for_in_every_case() -> None:
    """A guard such as `x.dim() == 5` would hide it from the cases that alone were watched."""

    def careless(x: Tensor) -> Tensor:
        torch.set_default_dtype(torch.float64)
        return x.detach().add_(1)

    for watch in (False, True):
        assert claims(careless, watch=watch).globals_changed == [DOUBLED]
        assert torch.get_default_dtype() is torch.float32
        it = seen(careless, watch=watch)
        assert (it.mutated, it.aliased) == (("argument 1",), ("argument 1",))

"""What one call of a function is seen to do, and how a worker loads a learner's file and answers."""

import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from autograder.worker import codec, settings, wire
from autograder.worker.accelerator import AcceleratorUnavailable
from autograder.worker.case import Case, Observation, Raised
from autograder.worker.observe import MAX_MESSAGE, MAX_NAMES, observe, same_layout
from autograder.worker.serve import Servant

FILE = "<submission>/activations/sigmoid.py"


def values(*numbers: float, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.tensor(numbers, dtype=dtype)


def seen(function: Callable[..., object], *args: Any, **options: Any) -> Observation:
    """What ``function`` does with a vector of two, unless told otherwise."""
    return observe(function, Case(args=args or (values(1.0, 2.0),), **options), FILE)


def vjp(function: Callable[..., object], **options: Any) -> Observation:
    """As `seen`, with a gradient by the one argument."""
    return seen(function, wrt=(0,), cotangent=values(1.0, 10.0), **options)


def raised(observation: Observation) -> Raised:
    assert observation.raised is not None, f"it returned {observation.type}"
    return observation.raised


def numbers(tensor: Tensor | None) -> list[Any]:
    assert tensor is not None
    result: list[Any] = tensor.tolist()
    return result


@pytest.fixture(autouse=True)
def _torch_is_left_as_it_was() -> Iterator[None]:
    """Whatever a function in these tests does to torch's settings, observing it puts them back."""
    before = settings._read()
    yield
    assert settings._read() == before


# What is told of the output -------------------------------------------------------------------------------------------


def test_output_shape_dtype_and_device() -> None:
    it = seen(lambda x: x.double().reshape(2, 1) * 2)
    assert (it.type, it.shape, it.dtype, it.device) == ("Tensor", (2, 1), "float64", "cpu")
    assert numbers(it.output) == [[2.0], [4.0]]
    assert it.raised is None


def test_the_output_is_made_contiguous() -> None:
    it = seen(lambda x: (x * 2).expand(3, 2).t())
    assert it.output is not None
    assert it.output.is_contiguous()
    assert numbers(it.output) == [[2, 2, 2], [4, 4, 4]]


@pytest.mark.parametrize(("function", "wanted"), [(lambda x: x * 2, True), (lambda x: x.detach() * 2, False)])
def test_requires_grad(function: Callable[[Tensor], Tensor], wanted: bool) -> None:
    assert vjp(function).requires_grad is wanted
    assert seen(function).requires_grad is False


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ((torch.ones(1),), "tuple"),
        ([1.0], "list"),
        (None, "NoneType"),
        (1.5, "float"),
        (True, "bool"),
        (torch.ones(2).numpy(), "ndarray"),
        (nn.Parameter(torch.ones(2)), "Parameter"),
        (int, "type"),
        (nn.Identity(), "Identity"),
    ],
)
def test_what_is_no_tensor_is_told_by_its_type(value: object, name: str) -> None:
    it = seen(lambda x: value)
    assert (it.type, it.output, it.raised) == (name, None, None)


class Agreeable(Tensor):
    """A tensor that says of every comparison that it holds."""

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in (torch.allclose, torch.equal):
            return True
        return super().__torch_function__(func, types, args, kwargs)  # type: ignore[no-untyped-call]


class Pretender:
    __class__ = Tensor  # type: ignore[assignment]


def test_a_subclass_of_tensor_is_no_tensor() -> None:
    """R1: such a tensor is equal to every reference, and stays what it is through detach() and clone()."""
    assert torch.allclose(torch.zeros(2).as_subclass(Agreeable), torch.ones(2))
    it = seen(lambda x: torch.zeros(2).as_subclass(Agreeable))
    assert (it.type, it.output) == ("Agreeable", None)


def test_what_says_it_is_a_tensor_is_none() -> None:
    assert isinstance(Pretender(), Tensor)
    assert seen(lambda x: Pretender()).type == "Pretender"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("function", "dtype"),
    [
        (lambda x: x.to(torch.int32), "int32"),
        (lambda x: x > 1, "bool"),
        (lambda x: x.to(torch.complex64) * 1j, "complex64"),
        (lambda x: torch.complex(x, x).conj(), "complex64"),
        (lambda x: x.to(torch.int8), "int8"),
        (lambda x: x.to(torch.float8_e4m3fn), "float8_e4m3fn"),
        (lambda x: torch.quantize_per_tensor(x.detach(), 0.1, 0, torch.quint8), "quint8"),
    ],
    ids=["int32", "bool", "complex", "conjugated", "int8", "float8", "quantized"],
)
def test_every_dtype_is_observed_and_told(function: Callable[[Tensor], Tensor], dtype: str) -> None:
    """With and without a gradient to ask for; those that cannot be carried come without values."""
    for it in (seen(function), vjp(function)):
        if it.raised is None:
            assert (it.type, it.dtype, it.shape) == ("Tensor", dtype, (2,))
        entries, raw = codec.encode_observations([it], 1 << 10)
        (arrived,) = codec.decode_observations({"observations": entries}, raw, 1)
        assert (arrived.output is None) == (dtype not in codec.DTYPES)
    assert seen(function).raised is None


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda x: x.to_sparse(), "a tensor of layout torch.sparse_coo"),
        (lambda x: torch.eye(2).to_sparse_csr(), "a tensor of layout torch.sparse_csr"),
        (lambda x: x.detach().to_mkldnn(), "a tensor of layout torch._mkldnn"),
        (lambda x: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]), "a nested tensor"),
        (lambda x: x.to("meta"), "a tensor on device meta, which has no values"),
        (lambda x: x.reshape([1] * 64 + [2]), "a tensor of 65 dimensions"),
    ],
    ids=["sparse", "sparse row", "mkldnn", "nested", "meta", "65 dimensions"],
)
def test_a_tensor_without_shape_or_values_as_others_have_is_told_as_such(
    function: Callable[[Tensor], Tensor], told: str
) -> None:
    assert vjp(function).type == told


def test_a_tensor_that_cannot_be_looked_at_is_an_exception_of_the_call() -> None:
    """One that escaped from vmap raises at whatever is asked of it."""
    kept: list[Tensor] = []

    def leak(x: Tensor) -> Tensor:
        def keep(row: Tensor) -> Tensor:
            kept.append(row)
            return row

        torch.func.vmap(keep)(x)
        return kept[-1]

    assert raised(seen(leak)).stage == "call"


def test_sixty_four_dimensions_arrive() -> None:
    it = seen(lambda x: x.reshape([1] * 63 + [2]))
    entries, raw = codec.encode_observations([it], 1 << 10)
    assert codec.decode_observations({"observations": entries}, raw, 1)[0].shape == (1,) * 63 + (2,)


@pytest.mark.parametrize("count", [10**7, 10**12, 1 << 60], ids=str)
def test_a_vast_output_is_told_without_its_values(count: int) -> None:
    """Ten million elements exceed the room for the answer, an expanded 10**12 the machine."""
    make = torch.ones if count == 10**7 else torch.ones(1).expand
    entries, raw = codec.encode_observations([seen(lambda x: make(count))], 1 << 16)
    (it,) = codec.decode_observations({"observations": entries}, raw, 1)
    assert (it.type, it.output, it.shape, raw) == ("Tensor", None, (count,), b"")


# Gradients ------------------------------------------------------------------------------------------------------------


def test_gradients_are_those_of_the_cotangent() -> None:
    it = vjp(lambda x: x**2)
    assert [numbers(g) for g in it.gradients] == [[2.0, 40.0]]
    assert it.gradient_devices == ("cpu",)
    assert it.second == ()


def test_gradients_by_several_arguments_in_the_order_of_wrt() -> None:
    it = seen(lambda x, y: x * y**2, values(1.0, 2.0), values(3.0, 4.0), wrt=(1, 0), cotangent=torch.ones(2))
    assert [numbers(g) for g in it.gradients] == [[6.0, 16.0], [9.0, 16.0]]


def test_only_what_wrt_names_requires_a_gradient() -> None:
    flags: list[bool] = []

    def note(x: Tensor, y: Tensor, z: Tensor) -> Tensor:
        flags.extend((x.requires_grad, y.requires_grad, z.requires_grad))
        return x * y

    it = seen(note, values(1.0), values(1.0), wrt=(1,), cotangent=torch.ones(1), kwargs={"z": values(1.0)})
    assert flags == [False, True, False]
    assert [numbers(g) for g in it.gradients] == [[1.0]]


def test_an_argument_without_influence_has_no_gradient() -> None:
    it = seen(lambda x, y: x * 2, values(1.0), values(1.0), wrt=(0, 1), cotangent=torch.ones(1))
    assert numbers(it.gradients[0]) == [2.0]
    assert it.gradients[1] is None
    assert it.gradient_devices == ("cpu", "")


def test_without_a_cotangent_only_the_call_is_made() -> None:
    it = seen(lambda x: x * 2, wrt=(0,))
    assert it.requires_grad
    assert it.gradients == ()


@pytest.mark.parametrize(
    "function", [lambda x: x.detach(), lambda x: (x * 2).sum(), lambda x: x.long(), lambda x: torch.complex(x, x)]
)
def test_an_output_that_the_cotangent_does_not_fit_has_no_gradients(function: Callable[[Tensor], Tensor]) -> None:
    """Detached, of another shape, of a dtype without gradients."""
    it = vjp(function)
    assert (it.type, it.raised, it.gradients) == ("Tensor", None, ())


def test_a_cotangent_is_cast_to_the_dtype_of_the_output() -> None:
    assert numbers(vjp(lambda x: x.double() * 2).gradients[0]) == [2.0, 20.0]


def test_second_gradients() -> None:
    it = vjp(lambda x: x**3, second=(values(1.0, 1.0),))
    assert numbers(it.gradients[0]) == [3.0, 120.0]
    assert [numbers(g) for g in it.second] == [[6.0, 120.0]]


def test_a_constant_gradient_has_no_second_one() -> None:
    it = vjp(lambda x: x * 2, second=(values(1.0, 1.0),))
    assert (it.second, it.raised) == ((None,), None)


@pytest.mark.parametrize(
    ("layout", "shape"),
    [(lambda x: x.t(), (3, 2)), (lambda x: x.expand(4, 2, 3), (4, 2, 3)), (lambda x: x[:, ::2], (2, 2))],
    ids=["transposed", "expanded", "every second"],
)
def test_gradients_have_the_shape_of_the_input_and_are_contiguous(
    layout: Callable[[Tensor], Tensor], shape: tuple[int, ...]
) -> None:
    x = layout(torch.arange(6.0).reshape(2, 3))
    it = seen(lambda x: x**2, x, wrt=(0,), cotangent=torch.ones(shape))
    gradient = it.gradients[0]
    assert gradient is not None
    assert gradient.is_contiguous()
    assert torch.equal(gradient, 2 * x)


def test_gradients_are_made_contiguous() -> None:
    it = seen(lambda x: x.t(), torch.ones(2, 3), wrt=(0,), cotangent=torch.arange(6.0).reshape(3, 2))
    gradient = it.gradients[0]
    assert gradient is not None
    assert gradient.is_contiguous()
    assert numbers(gradient) == [[0, 2, 4], [1, 3, 5]]


# What a case asks for -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "x",
    [
        torch.arange(6.0).reshape(2, 3).t(),
        torch.arange(3.0).expand(4, 3),
        torch.arange(6.0)[::2],
        torch.arange(4.0).unfold(0, 2, 1),
        torch.arange(16.0).reshape(1, 2, 2, 4).contiguous(memory_format=torch.channels_last),
        torch.tensor(2.0),
        torch.empty(2, 0, 3),
    ],
    ids=["transposed", "expanded", "every second", "overlapping", "channels last", "0-d", "empty"],
)
def test_the_call_gets_a_private_copy_with_the_same_strides(x: Tensor) -> None:
    before, given = x.clone(), []

    def keep(x: Tensor) -> Tensor:
        given.append((x.stride(), x.tolist(), x.is_leaf))
        return x * 1

    seen(keep, x)
    assert given == [(x.stride(), x.tolist(), True)]
    assert same_layout(x).untyped_storage().data_ptr() != x.untyped_storage().data_ptr() or not x.numel()
    assert torch.equal(x, before)


def test_a_mutated_expanded_input_leaves_the_case_alone() -> None:
    """R3, and in memory that several elements share."""
    x, weight = torch.arange(3.0).expand(4, 3), values(1.0, 2.0)

    def spoil(x: Tensor, weight: Tensor) -> Tensor:
        x[0].zero_()
        weight.add_(1)
        return torch.ones(2)

    case = Case(args=(x,), kwargs={"weight": weight})
    for _ in range(2):
        it = observe(spoil, case)
        assert it.mutated == ("argument 1", "weight")
    assert x[0].tolist() == [0.0, 1.0, 2.0]
    assert weight.tolist() == [1.0, 2.0]


def test_plain_arguments_and_keywords_arrive() -> None:
    given: list[object] = []

    def keep(x: Tensor, *args: object, **kwargs: object) -> Tensor:
        given.extend((args, kwargs))
        return x * 1

    seen(keep, values(1.0), 3, "mean", None, kwargs={"ignore_index": -100, "label_smoothing": 0.1})
    assert given == [(3, "mean", None), {"ignore_index": -100, "label_smoothing": 0.1}]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16], ids=str)
def test_the_default_dtype_is_set_during_the_call(dtype: torch.dtype) -> None:
    assert seen(lambda x: torch.tensor(1.5), default_dtype=dtype).dtype == str(dtype).removeprefix("torch.")


def test_no_grad() -> None:
    it = vjp(lambda x: x * (2 + torch.is_grad_enabled()), grad_enabled=False)
    assert (it.requires_grad, numbers(it.output), it.gradients) == (False, [2.0, 4.0], ())


@pytest.mark.parametrize("training", [True, False])
def test_a_module_is_in_the_mode_of_the_case(training: bool) -> None:
    class Mode(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x * self.training

    assert numbers(seen(Mode(), training=training).output) == [1.0 * training, 2.0 * training]


def test_a_trace_names_operators_of_both_directions_and_nodes_of_the_graph() -> None:
    trace = vjp(lambda x: torch.tanh(x).exp(), trace=True).trace
    assert trace is not None
    assert (trace.ops["aten::tanh"], trace.ops["aten::exp"], trace.ops["aten::tanh_backward"]) == (1, 1, 1)
    assert {"TanhBackward0", "ExpBackward0"} <= set(trace.nodes)
    assert trace.events == {}


def test_without_a_trace_there_is_none() -> None:
    assert seen(lambda x: x * 2).trace is None


def test_a_trace_has_bounds() -> None:
    """However many functions a learner defines, and however long their names are."""

    def sprawl(x: Tensor) -> Tensor:
        for number in range(MAX_NAMES + 20):
            namespace = {"forward": staticmethod(lambda ctx, x: x * 1), "backward": staticmethod(lambda ctx, g: g)}
            function: Any = type(f"F{number}" + "x" * 700, (torch.autograd.Function,), namespace)
            x = function.apply(x)
        return x

    trace = vjp(sprawl, trace=True).trace
    assert trace is not None
    assert len(trace.nodes) == MAX_NAMES
    assert max(map(len, trace.nodes)) == 200


# The simulated device -------------------------------------------------------------------------------------------------


def test_on_the_simulated_device_output_and_gradient_stay_there() -> None:
    it = vjp(lambda x: x**2, device="simulated", trace=True)
    assert (it.device, it.gradient_devices) == ("simulated", ("simulated",))
    assert numbers(it.output) == [1.0, 4.0]
    assert numbers(it.gradients[0]) == [2.0, 40.0]
    assert (it.mutated, it.aliased) == ((), ())


def test_an_output_that_left_the_device_is_told() -> None:
    it = seen(lambda x: torch.ones(2), device="simulated")
    assert (it.type, it.device) == ("Tensor", "cpu")


def test_mixing_devices_raises_as_on_a_real_one() -> None:
    it = raised(vjp(lambda x: x + torch.ones(2), device="simulated"))
    assert it.stage == "call"
    assert "cpu" in it.message


def test_events_on_the_device_are_counted() -> None:
    trace = seen(lambda x: x * x[0].item() * x[1].item(), device="simulated", trace=True).trace
    assert trace is not None
    assert trace.events["sync: item()"] == 2


def test_kinds_of_events_have_bounds() -> None:
    def copies(x: Tensor) -> Tensor:
        for number in range(MAX_NAMES + 20):
            x.new_zeros(number).cpu()
        return x * 1

    trace = seen(copies, device="simulated", trace=True).trace
    assert trace is not None
    assert len(trace.events) == MAX_NAMES


def test_mutation_and_aliasing_are_seen_on_the_device() -> None:
    it = seen(lambda x: x.zero_(), device="simulated")
    assert (it.mutated, it.aliased) == (("argument 1",), ("argument 1",))


def test_strides_are_kept_on_the_device() -> None:
    strides: list[tuple[int, ...]] = []

    def note(x: Tensor) -> Tensor:
        strides.append(x.stride())
        return x * 1

    seen(note, torch.arange(3.0).expand(4, 3), device="simulated")
    assert strides == [(0, 1)]


def test_a_device_that_cannot_be_had_is_no_exception_of_the_learner(monkeypatch: pytest.MonkeyPatch) -> None:
    """The grader asks `accelerator.available` before it sends such a case."""

    def unavailable() -> torch.device:
        raise AcceleratorUnavailable("taken")

    monkeypatch.setattr("autograder.worker.accelerator.register", unavailable)
    with pytest.raises(AcceleratorUnavailable):
        seen(lambda x: x, device="simulated")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_on_a_real_device_output_and_gradient_stay_there() -> None:
    it = vjp(lambda x: x**2, device="cuda", second=(values(1.0, 1.0),))
    assert (it.device, it.gradient_devices, it.mutated, it.aliased) == ("cuda", ("cuda",), (), ())
    assert it.output is not None
    assert it.output.device.type == "cpu"
    assert [numbers(g) for g in (it.output, *it.gradients, *it.second)] == [[1.0, 4.0], [2.0, 40.0], [2.0, 20.0]]


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
        (lambda: torch.set_default_dtype(torch.float64), "default dtype"),
        (lambda: torch.set_default_device("meta"), "default device"),
        (lambda: torch.set_grad_enabled(False), "grad mode"),
        (lambda: torch.autograd.set_detect_anomaly(True), "anomaly detection"),
        (lambda: torch.set_num_threads(torch.get_num_threads() + 1), "number of threads"),
        (lambda: torch.use_deterministic_algorithms(True), "deterministic algorithms"),
        (lambda: torch.set_float32_matmul_precision("medium"), "matmul precision"),
    ],
)
def test_a_changed_setting_of_torch_is_named_and_put_back(change: Callable[[], object], named: str) -> None:
    """R8; that it is put back is what every test here ends with."""

    def call(x: Tensor) -> Tensor:
        change()
        return x * 1

    assert seen(call).globals_changed == (named,)
    assert seen(lambda x: x * 1).globals_changed == ()


def test_a_setting_changed_before_an_exception_is_named_and_put_back() -> None:
    def call(x: Tensor) -> Tensor:
        torch.set_default_dtype(torch.float64)
        raise ValueError

    assert seen(call).globals_changed == ("default dtype",)


def test_a_setting_that_the_call_puts_back_itself_is_no_change() -> None:
    def careful(x: Tensor) -> Tensor:
        with torch.no_grad():
            scale = x.max()
        return x / scale

    assert vjp(careful).globals_changed == ()


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


def test_what_a_module_has_and_keeps_is_counted() -> None:
    assert seen(Stateful()).module == {
        "parameters": 2,
        "buffers": 1,
        "tensors kept from a call": 2,
        "changes of mode": 1,
    }


def test_a_tensor_kept_anew_in_each_call_counts_each_time() -> None:
    module = Stateful()
    for _ in range(3):
        counts = seen(module).module
        assert counts is not None
        assert counts["tensors kept from a call"] == 2


def test_a_plain_module_has_and_keeps_nothing() -> None:
    counts = seen(nn.SiLU()).module
    assert counts is not None
    assert set(counts.values()) == {0}


def test_a_function_has_no_counts() -> None:
    assert seen(lambda x: x * 2).module is None


def test_a_module_whose_own_methods_raise_is_an_exception_of_the_call() -> None:
    class Sly(nn.Module):
        def train(self, mode: bool = True) -> "Sly":
            raise ValueError("no modes")

        def forward(self, x: Tensor) -> Tensor:
            return x * 1

    assert raised(seen(Sly())) == Raised(
        "call", "ValueError", ("ValueError", "Exception", "BaseException", "object"), "no modes", None
    )


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
        seen(leave)


def test_only_the_grader_says_that_an_answer_was_lost() -> None:
    it = seen(lambda x: x * 2)
    assert (it.lost, it.detail) == (None, None)


# The servant ----------------------------------------------------------------------------------------------------------


def load(source: str, symbol: str = "f", kind: str = "function") -> tuple[Servant, dict[str, Any]]:
    servant = Servant()
    header = {"id": 1, "op": "load", "file": "activations/sigmoid.py", "symbol": symbol, "kind": kind}
    answer, raw = servant.answer(header, source.encode())
    assert raw == b""
    return servant, answer


def load_error(source: str, **names: str) -> Raised:
    _, answer = load(source, **names)
    assert answer["loaded"] is False
    return raised(codec.decode_observations(answer, b"", 1)[0])


def ask(servant: Servant, *cases: Case, number: int = 2) -> list[Observation]:
    entries, raw = codec.encode_cases(cases)
    answer, data = servant.answer({"id": number, "op": "observe", "cases": entries, "room": 1 << 16}, raw)
    assert answer["id"] == number
    return codec.decode_observations(answer, data, len(cases))


CASE = Case(args=(values(1.0, 2.0),), wrt=(0,), cotangent=values(1.0, 1.0))


def test_a_file_is_loaded_once_and_answers_many_cases() -> None:
    servant, answer = load("calls = []\ndef f(x):\n    calls.append(1)\n    return x * len(calls)\n")
    assert answer == {"id": 1, "loaded": True}
    assert [numbers(it.output) for it in ask(servant, CASE, CASE, number=41)] == [[1, 2], [2, 4]]
    assert numbers(ask(servant, CASE, number=42)[0].output) == [3, 6]


def test_a_module_is_made_once() -> None:
    source = "import torch\nclass F(torch.nn.Module):\n    def forward(self, x):\n        return x * 2\n"
    servant, _ = load(source, "F", "module")
    (it,) = ask(servant, CASE)
    assert numbers(it.output) == [2, 4]
    assert it.module is not None


@pytest.mark.parametrize(
    ("source", "names", "error", "message", "line"),
    [
        ("x = 1\n", {}, "NameError", "the file defines no 'f'; keep the name that the stub gives it", None),
        ("f = 3\n", {}, "TypeError", "f is not a function", None),
        ("def f(x): ...\n", {"kind": "module"}, "TypeError", "f is not a class derived from torch.nn.Module", None),
        ("class f: ...\n", {"kind": "module"}, "TypeError", "f is not a class derived from torch.nn.Module", None),
        ("import torch\nf = torch.nn.ReLU()\n", {"kind": "module"}, "TypeError", "f is not a class derived", None),
        ("\n\nraise ValueError('at import')\n", {}, "ValueError", "at import", 3),
        ("def g():\n    1 // 0\n\ng()\n", {}, "ZeroDivisionError", "integer division", 2),
        ("import nowhere_to_be_found\n", {}, "ModuleNotFoundError", "No module named", 1),
        ("def f(x):\n    return x\n\nreturn 1\n", {}, "SyntaxError", "'return' outside function", 4),
        ("\n\x00", {}, None, "null bytes", None),
        (
            "import torch\nclass f(torch.nn.Module):\n    def __init__(self):\n        raise ValueError('in init')\n",
            {"kind": "module"},
            "ValueError",
            "in init",
            4,
        ),
        (
            "import torch\nclass f(torch.nn.Module):\n    def __init__(self, size):\n        pass\n",
            {"kind": "module"},
            "TypeError",
            "missing 1 required positional argument: 'size'",
            None,
        ),
    ],
)
def test_a_file_that_cannot_be_loaded(
    source: str, names: dict[str, str], error: str | None, message: str, line: int | None
) -> None:
    it = load_error(source, **names)
    assert it.stage == "import"
    assert error in (it.type, None)
    assert message in it.message
    assert it.line == line


def test_names_are_found_where_python_looks_them_up() -> None:
    """dataclasses looks into sys.modules where annotations are texts."""
    source = """from __future__ import annotations
from dataclasses import dataclass
@dataclass
class Scale:
    by: float = 3.0
def f(x):
    return x * Scale().by
"""
    servant, _ = load(source)
    assert numbers(ask(servant, CASE)[0].output) == [3, 6]


def test_what_follows_if_name_is_main_does_not_run() -> None:
    _, answer = load("def f(x): return x\nif __name__ == '__main__':\n    raise ValueError\n")
    assert answer["loaded"] is True


def test_the_annotations_of_our_own_file_do_not_apply() -> None:
    """Without dont_inherit, a learner's annotations would be texts because ours are."""
    servant, _ = load("def f(x: int):\n    return x * f.__annotations__['x'](2)\n")
    assert numbers(ask(servant, CASE)[0].output) == [2, 4]


def test_printing_does_not_reach_the_protocol(capfd: pytest.CaptureFixture[str]) -> None:
    servant, _ = load("print('at import')\ndef f(x):\n    print('in the call', x)\n    return x * 2\n")
    assert numbers(ask(servant, CASE)[0].output) == [2, 4]
    assert capfd.readouterr().out == ""


def test_warnings_are_silenced() -> None:
    """They are errors in these tests, and would be one of the learner's."""
    source = (
        "import warnings\nwarnings.warn('at import')\ndef f(x):\n    warnings.warn('in the call')\n    return x * 2\n"
    )
    servant, answer = load(source)
    assert answer["loaded"] is True
    assert ask(servant, CASE)[0].raised is None
    with pytest.raises(UserWarning):
        warnings.warn("outside", stacklevel=1)


def test_the_line_of_a_call_is_that_of_the_loaded_file() -> None:
    servant, _ = load("\n\n\ndef f(x):\n    return x.reshape(7)\n")
    assert raised(ask(servant, CASE)[0]).line == 5


def test_room_bounds_an_answer() -> None:
    servant, _ = load("import torch\ndef f(x):\n    return torch.ones(10_000_000)\n")
    entries, raw = codec.encode_cases([CASE])
    answer, data = servant.answer({"id": 1, "op": "observe", "cases": entries, "room": 1 << 16}, raw)
    (it,) = codec.decode_observations(answer, data, 1)
    assert (it.output, it.shape, len(data)) == (None, (10_000_000,), 0)


def test_fifty_exceptions_in_emoji_fit_a_frame() -> None:
    servant, _ = load("def f(x):\n    raise ValueError('😀' * 10_000)\n")
    entries, raw = codec.encode_cases([CASE] * 50)
    answer = servant.answer({"id": 1, "op": "observe", "cases": entries, "room": 1 << 16}, raw)
    assert len(wire.pack(*answer)) < wire.MAX_HEADER


def test_no_module_of_the_grader_is_loaded_by_a_worker() -> None:
    """R4, R5: what a submission shares its process with knows no reference, no property and no course."""
    code = "import sys, autograder.worker.serve, autograder.worker.accelerator; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    ours = {name for name in loaded if name.startswith("autograder.")}
    assert {name for name in ours if not name.startswith("autograder.worker")} == set()
    assert "hypothesis" not in loaded

"""What one call of a function is seen to return, and how a case says that it is made."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from autograder.worker import codec
from autograder.worker.accelerator import AcceleratorUnavailable
from autograder.worker.case import Case
from autograder.worker.inputs import same_layout
from autograder.worker.observe import MAX_NAMES, observe
from autograder.worker.record import Recorder
from autograder.worker.replay import Replay
from tests.observing import FILE, numbers, raised, seen, values, vjp

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
        (arrived,) = codec.decode_observations(*codec.encode_observations([it], 1 << 10), 1)
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
    (arrived,) = codec.decode_observations(*codec.encode_observations([it], 1 << 10), 1)
    assert arrived.shape == (1,) * 63 + (2,)


@pytest.mark.parametrize("count", [10**7, 10**12, 1 << 60], ids=str)
def test_a_vast_output_is_told_without_its_values(count: int) -> None:
    """Ten million elements exceed the room for the answer, an expanded 10**12 the machine."""
    make = torch.ones if count == 10**7 else torch.ones(1).expand
    fields, raw = codec.encode_observations([seen(lambda x: make(count))], 1 << 16)
    (it,) = codec.decode_observations(fields, raw, 1)
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


def test_the_second_gradient_of_a_constant_is_0() -> None:
    """Also where no graph leads there: nobody asks whether a constant has no gradient or one of 0."""
    it = vjp(lambda x: x * 2, second=(values(1.0, 1.0),))
    assert ([numbers(g) for g in it.second], it.raised) == ([[0.0, 0.0]], None)


def test_the_second_gradient_of_a_constant_lies_on_the_cpu_whatever_the_call_makes_of_the_default_device() -> None:
    """On another one it has no numbers to send, and the worker would end."""

    def unsettling(x: Tensor) -> Tensor:
        torch.set_default_device("meta")
        return x * 2

    case = Case((values(1.0, 2.0),), wrt=(0,), cotangent=values(1.0, 10.0), second=(values(1.0, 1.0),), watch=True)
    text, claims = Recorder(FILE).record(unsettling, case)
    it = observe(Replay(text), case, FILE)
    (arrived,) = codec.decode_observations(*codec.encode_observations([it], 1 << 10), 1)
    assert [numbers(g) for g in arrived.second] == [[0.0, 0.0]]
    assert claims.globals_changed == ["default device: meta instead of cpu"]
    assert torch.empty(0).is_cpu  # for this one's sake, and all tests' after it


def test_a_gradient_that_depends_on_one_argument_has_a_second_one_of_0_by_the_other() -> None:
    half = values(3.0, 4.0, dtype=torch.float16)
    it = seen(
        lambda x, y: x**3 + y.float().detach(),
        values(1.0, 2.0),
        half,
        wrt=(0, 1),
        cotangent=values(1.0, 1.0),
        second=(values(1.0, 1.0), half),
    )
    assert [numbers(g) for g in it.second] == [[6.0, 12.0], [0.0, 0.0]]
    assert [g.dtype for g in it.second if g is not None] == [torch.float32, torch.float16]


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

    case = Case(args=(x,), kwargs={"weight": weight}, watch=True)
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


def test_a_trace_counts_the_calls_on_torch() -> None:
    """Those of the function alone: not what looks at a form, nor the backward pass."""
    trace = vjp(lambda x: torch.tanh(x).exp() * x.shape[0], trace=True).trace
    assert trace is not None
    assert (trace.calls, trace.events) == (3, {})


def test_a_composite_is_one_call() -> None:
    trace = seen(lambda x: torch.nn.functional.softsign(x), trace=True).trace
    assert trace is not None
    assert trace.calls == 1


def test_without_a_trace_there_is_none() -> None:
    assert seen(lambda x: x * 2).trace is None


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


def test_what_is_no_tensor_is_none_on_the_device_either() -> None:
    it = seen(lambda x: None, device="simulated")
    assert (it.type, it.raised) == ("NoneType", None)


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


# How networks call ----------------------------------------------------------------------------------------------------


def test_an_input_behind_a_layer_is_no_leaf_and_has_a_gradient() -> None:
    x = torch.tensor([1.0, 2.0])
    seen = []

    def squared(x: Tensor) -> Tensor:
        seen.append(x.is_leaf)
        return x * x

    found = observe(squared, Case((x,), wrt=(0,), cotangent=torch.ones(2), leaf=False))
    assert seen == [False]
    assert torch.equal(found.gradients[0], 2 * x)  # type: ignore[arg-type]  # there is one


@pytest.mark.parametrize("layout", [lambda x: x, lambda x: x.t(), lambda x: x[:1].expand(2, 2)])
def test_a_slice_begins_later_in_its_memory_and_has_the_same_numbers(layout: Callable[[Tensor], Tensor]) -> None:
    x = layout(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    seen = []

    def same(x: Tensor) -> Tensor:
        seen.append((x.storage_offset(), x.stride()))
        return x * 1

    found = observe(same, Case((x,), offset=3))
    assert seen == [(3, x.stride())]
    assert torch.equal(found.output, x)  # type: ignore[arg-type]  # there is one


def test_inference_mode_is_around_the_call_alone() -> None:
    seen = []

    def doubled(x: Tensor) -> Tensor:
        seen.append((torch.is_inference_mode_enabled(), x.is_inference()))
        return x * 2

    found = observe(doubled, Case((torch.ones(2),), wrt=(0,), inference=True))
    assert seen == [(True, False)]
    assert found.output is not None
    assert not found.requires_grad


def test_a_backward_pass_that_writes_to_its_cotangent_changes_no_case() -> None:
    """A replayer keeps its cases: those of the next submission would be differentiated by other numbers."""

    class Doubled(torch.autograd.Function):
        @staticmethod
        def forward(_ctx: object, x: Tensor) -> Tensor:
            return x * 2

        @staticmethod
        def backward(_ctx: object, grad: Tensor) -> Tensor:
            return grad.mul_(2)

    call = Case((torch.ones(2),), wrt=(0,), cotangent=torch.tensor([1.0, -1.0]))
    found = observe(Doubled.apply, call)
    assert found.mutated == ("the incoming gradient",)
    assert torch.equal(call.cotangent, torch.tensor([1.0, -1.0]))  # type: ignore[arg-type]  # it is given

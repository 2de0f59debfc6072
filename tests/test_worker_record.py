"""A recording holds what was called at import, at construction and in the call, and little is believed besides."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import torch

from autograder.worker.case import Case
from autograder.worker.program import FEW
from autograder.worker.replay import STALE
from autograder.worker.terms import Refused
from tests.programs import HEAD, OTHER, PROBE, Learner, direct, numbers, recorded, refused, replayed, vector_case

MODULE = "class f(nn.Module):\n def __init__(self):\n  super().__init__()\n  {init}\n def forward(self, x): {forward}"


def module(init: str, forward: str) -> str:
    return HEAD + MODULE.format(init=init, forward=forward)


# Every call is seen, by whatever name it was made ---------------------------------------------------------------------

READY_MADE = {
    "in the call": ("def f(x): return torch.sigmoid(x)", "torch.sigmoid"),
    "at import": ("t = torch.sigmoid(torch.linspace(-1, 1, 3))\ndef f(x): return x * t", "torch.sigmoid"),
    "at construction": (
        MODULE.format(init="self.t = torch.tanh(torch.ones(3))", forward="return x * self.t"),
        "torch.tanh",
    ),
    "by a submodule": (
        MODULE.format(init="self.s = nn.SiLU()", forward="return self.s(x)"),
        "torch.nn.functional.silu",
    ),
    "by an inherited forward": ("class f(nn.SiLU): pass", "torch.nn.functional.silu"),
    "in a Function's forward": (
        "class F(Function):\n @staticmethod\n def forward(ctx, x): return torch.tanh(x)\n"
        " @staticmethod\n def backward(ctx, g): return g\nf = F.apply",
        "torch.tanh",
    ),
    "in a Function's backward": (
        "class F(Function):\n @staticmethod\n def forward(ctx, x): return x * 2\n"
        " @staticmethod\n def backward(ctx, g): return torch.relu(g)\nf = F.apply",
        "torch.relu",
    ),
    "in a Function's backward, once only": (
        "n = []\nclass F(Function):\n @staticmethod\n def forward(ctx, x): return x * 2\n"
        " @staticmethod\n def backward(ctx, g):\n  n.append(0)\n  return torch.relu(g) if len(n) == 1 else g\n"
        "f = F.apply",
        "torch.relu",
    ),
    "caught": ("def f(x):\n try: torch.softmax(x, 9)\n except Exception: return x * 2", "torch.softmax"),
    "kept from an earlier call": ("k = []\ndef f(x):\n k.append(torch.tanh(x))\n return x * k[-1]", "torch.tanh"),
    "written in place": ("def f(x):\n y = x.clone()\n y.sigmoid_()\n return y", "torch.Tensor.sigmoid_"),
    "written to out=": (
        "def f(x):\n y = torch.empty(3).double()\n torch.tanh(x.detach(), out=y)\n return y + x",
        "torch.tanh",
    ),
    "thrown away": ("def f(x):\n torch.tanh(x)\n return x * 2", "torch.tanh"),
    "derived": ("def f(x): return torch.autograd.grad(torch.exp(x).sum(), x)[0]", "torch.autograd.grad"),
    "derived by backward": (
        "def f(x):\n y = x.detach().requires_grad_()\n y.exp().sum().backward()\n return y.grad",
        "torch.Tensor.backward",
    ),
    "data": ("def f(x): return x.data * 2", "torch.Tensor.data"),
    "data, for its size": ("def f(x): return x * x.data.nelement()", "torch.Tensor.data"),
    "numpy": ("def f(x): return x * float(x.detach().numpy().sum())", "torch.Tensor.numpy"),
    "an operator": ("def f(x): return torch.ops.aten.sigmoid(x)", "torch._ops.aten.sigmoid"),
    "a private function": ("def f(x): return torch._softmax(x, 0, False)", "torch._softmax"),
    "complex numbers": ("def f(x): return torch.complex(x, x).abs()", "torch.complex"),
    "complex numbers by a spectrum": ("def f(x): return torch.fft.ifft(torch.fft.fft(x)).real", "torch.fft.fft"),
}


@pytest.mark.parametrize(("source", "name"), READY_MADE.values(), ids=READY_MADE)
def test_what_is_called_is_refused_wherever_it_is_called(source: str, name: str) -> None:
    assert name in refused(HEAD + source)


NOT_CALLED = {
    "in a main function": "def f(x): return x * 2\ndef main(): print(torch.sigmoid(torch.ones(3)).numpy())",
    "under __main__": "def f(x): return x * 2\nif __name__ == '__main__': torch.sigmoid(torch.ones(3))",
    "in a docstring": "def f(x):\n 'torch.sigmoid(x).item()'\n return x * 2",
    "imported": "import numpy, warnings\nfrom torch.nn.functional import silu\ndef f(x): return x * 2",
    "held": "table = {'sigmoid': torch.sigmoid, 'data': torch.Tensor.data}\ndef f(x): return x * 2",
    "a field": "from collections import namedtuple\nR = namedtuple('R', 'data masked func')\n"
    "def f(x):\n r = R(x, x > 0, torch.exp)._replace(masked=x < 0)\n return r.func(r.data) * r.masked",
    "made at import and not used": "t = torch.sigmoid(torch.linspace(-1, 1, 3))\ndef f(x): return x * 2",
    "an own method of that name": module("", "return self.sigmoid(x)").replace("class f", "class f")
    + "\n def sigmoid(self, x): return 1 / (1 + torch.exp(-x))",
    "its own name": module("", "return x * len(self.__class__.__name__)")
    + "\n def __repr__(self): return super().__repr__()",
}


@pytest.mark.parametrize("source", NOT_CALLED.values(), ids=NOT_CALLED)
def test_what_is_not_called_breaks_no_rule(source: str) -> None:
    source = source if source.startswith(HEAD) else HEAD + source
    source = source.replace("  \n", "  pass\n")
    assert refused(source) == []
    assert numbers(replayed(recorded(source))) == numbers(direct(source))


# Numbers from nowhere -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, FEW, FEW + 1])
def test_a_constant_holds_a_few_numbers_and_no_table(count: int) -> None:
    source = HEAD + f"t = torch.Tensor([0.5] * {count})\ndef f(x): return x * t.sum()"
    end = recorded(source).end
    assert (end == ["refused", Refused.OUTSIDE]) is (count > FEW)


TABLES = {
    "a list": "t = torch.tensor([n / 7 for n in range(1100)])",
    "lists of lists": "t = torch.tensor([[n / 7 for n in range(50)] for m in range(40)])",
    "many small tensors": "t = torch.cat([torch.tensor([n / 7 for n in range(32)]) for m in range(64)])",
    "one number at a time": "t = torch.stack([torch.Tensor([n / 7])[0] for n in range(1100)])",
    "eight at a time": "t = torch.cat([torch.tensor([n / 7, n + 0.1, n + 0.2]) for n in range(1000)])",
    "an array": "import numpy\nt = torch.from_numpy(numpy.linspace(0, 1, 2000))",
    "bytes": "t = torch.frombuffer(bytearray(range(200)), dtype=torch.uint8)",
    "written one by one": "t = torch.zeros(2000)\nfor n in range(1100): t[n] = n / 7",
    "filled one by one": "t = torch.zeros(0)\nfor n in range(1100): t = torch.cat([t, torch.full((1,), n / 7)])",
}


@pytest.mark.parametrize("source", TABLES.values(), ids=TABLES)
def test_a_table_of_numbers_is_refused(source: str) -> None:
    assert refused(HEAD + source + "\ndef f(x): return x * t.sum()")


def test_a_sweep_made_by_torch_is_no_table() -> None:
    source = HEAD + "t = torch.linspace(0, 1, 2000)\ndef f(x): return x * t.exp().sum()"
    assert refused(source) == []


# Cutting --------------------------------------------------------------------------------------------------------------


def steps(source: str, *, calls: int = 1) -> list[str]:
    learner = Learner(HEAD + source)
    programs = [learner.record(PROBE) for _ in range(calls)]
    return [str(step[1]) for step in programs[-1].steps if step[0] in ("call", "read")]


def test_only_what_the_call_needs_of_the_import_is_in_its_program() -> None:
    assert steps("a = torch.ones(3)\nb = torch.zeros(3)\nc = a * 2\ndef f(x): return x * c") == [
        "torch.ones",
        "torch.Tensor.mul",
        "torch.Tensor.mul",
    ]


def test_what_was_written_at_import_is_in_the_program() -> None:
    written = "a = torch.ones(3)\na[0] = 5\nv = a[1:]\nv += 1\ndef f(x): return x * a"
    assert steps(written) == [
        *(
            "torch.ones",
            "torch.Tensor.__setitem__",
            "torch.Tensor.__getitem__",
            "torch.Tensor.add_",
            "torch.Tensor.mul",
        ),
    ]
    assert numbers(replayed(recorded(HEAD + written))) == numbers(direct(HEAD + written))


def test_a_program_does_not_grow_with_the_calls_before_it() -> None:
    assert steps("def f(x): return x * torch.exp(x)", calls=5) == steps("def f(x): return x * torch.exp(x)")


def test_values_are_numbered_alike_in_every_process() -> None:
    """The same program has the same text, or the same answer would be replayed anew for every learner."""
    source = HEAD + "a = torch.ones(3)\ndef f(x):\n y = x * a\n return torch.where(y > 0, y, 0.0)"
    assert recorded(source).text == recorded(source).text


# Exceptions and claims ------------------------------------------------------------------------------------------------


def test_an_exception_is_told_with_its_type_its_message_and_its_line() -> None:
    program = recorded(HEAD + "class Mine(ValueError): pass\ndef f(x):\n y = x * 2\n raise Mine('no')")
    assert program.end[:2] == ["raised", "Mine"]
    assert program.end[2][:2] == ["Mine", "ValueError"]
    assert program.end[3:] == ["no", 7]


def test_an_exception_whose_text_raises_is_told_all_the_same() -> None:
    program = recorded("class Mine(Exception):\n def __str__(self): return 1 / 0\ndef f(x): raise Mine")
    assert program.end[:2] == ["raised", "Mine"]


def test_a_base_exception_ends_the_process() -> None:
    with pytest.raises(KeyboardInterrupt):
        recorded("def f(x): raise KeyboardInterrupt")


def test_settings_that_a_call_leaves_changed_are_claimed_and_put_back() -> None:
    learner = Learner(HEAD + "def f(x):\n torch.set_default_dtype(torch.float64)\n torch.manual_seed(0)\n return x * 2")
    assert learner.claims(PROBE).globals_changed == [
        "default dtype: torch.float64 instead of torch.float32",
        "the random number generator",
    ]
    assert torch.get_default_dtype() is torch.float32
    assert Learner("def f(x): return x * 2").claims(PROBE).globals_changed == []


COUNTS = ("parameters", "buffers", "tensors kept from a call", "changes of mode")
MODULES: dict[str, tuple[str, tuple[int, ...]]] = {
    "nothing": (module("pass", "return x * 2"), (0, 0, 0, 0)),
    "a parameter": (module("self.p = nn.Parameter(torch.ones(3))", "return x * self.p"), (1, 0, 0, 0)),
    "a parameter of a part": (module("self.l = nn.Linear(3, 3)", "return x * 2"), (2, 0, 0, 0)),
    "a part that is shared": (module("self.a = self.b = nn.Linear(3, 3)", "return x * 2"), (2, 0, 0, 0)),
    "a buffer": (module("self.register_buffer('b', torch.ones(3))", "return x * self.b"), (0, 1, 0, 0)),
    "a tensor kept": (module("pass", "self.y = x * 2; return self.y * 1"), (0, 0, 1, 0)),
    "a mode changed": (module("pass", "self.training = not self.training; return x * 2"), (0, 0, 0, 1)),
    "a mode changed by eval": (module("pass", "self.train(not self.training); return x * 2"), (0, 0, 0, 1)),
}
OVERRIDDEN = """
 def parameters(self, recurse=True): return iter(())
 def named_parameters(self, *args, **kwargs): return iter(())
 def buffers(self, recurse=True): return iter(())
 def named_buffers(self, *args, **kwargs): return iter(())
 def modules(self): return iter(())
 def named_modules(self, *args, **kwargs): return iter(())
 def children(self): return iter(())
 def named_children(self): return iter(())
"""


@pytest.mark.parametrize("lie", ["", OVERRIDDEN], ids=["honest", "overridden"])
@pytest.mark.parametrize(("source", "counts"), MODULES.values(), ids=MODULES)
def test_a_module_is_counted_by_what_it_holds(source: str, counts: tuple[int, ...], lie: str) -> None:
    found = Learner(source + lie).claims(PROBE).module or {}
    assert {name: found[name] for name in COUNTS} == dict(zip(COUNTS, counts, strict=True))


def test_a_module_is_put_into_the_mode_of_the_case() -> None:
    learner = Learner(
        module("pass", "return x * 2 if self.training else x * 3") + "\n def train(self, mode=True): return self"
    )
    programs = [learner.record(replace(PROBE, training=training)) for training in (True, False)]
    assert [program.steps[0][2][1] for program in programs] == [2, 3]


def test_a_call_has_the_line_on_which_the_learner_wrote_it() -> None:
    learner = Learner(HEAD + "def g(x):\n return torch.exp(x)\ndef f(x):\n y = g(x)\n return y * 2")
    lines = dict(json.loads(json.dumps(learner.claims(PROBE, lines=True).entry()["lines"])))
    assert lines == {"torch.exp": 5, "torch.Tensor.mul": 8}


def test_functions_are_judged_with_the_cotangents_of_the_case() -> None:
    """What a backward does may depend on its cotangent's strides; that of a sum has none."""
    source = HEAD + (
        "class F(Function):\n @staticmethod\n def forward(ctx, x): return x * 2\n @staticmethod\n"
        " def backward(ctx, g): return g * (2 if g.is_contiguous() else 3)\n"
        "def f(x): return F.apply(x)"
    )
    wide = torch.ones(()).double().expand(3)
    for cotangent in (wide, torch.ones(3).double()):
        probe, other = (Case(args=case.args, wrt=(0,), cotangent=cotangent) for case in (PROBE, OTHER))
        assert numbers(replayed(recorded(source, probe), other)) == numbers(direct(source, other))


def test_a_function_is_differentiated_only_where_the_case_is() -> None:
    source = HEAD + (
        "class F(Function):\n @staticmethod\n def forward(ctx, x): return x * 2\n @staticmethod\n"
        " def backward(ctx, g): return g * 2\ndef f(x): return F.apply(x)"
    )
    backward = [recorded(source, case).steps[0][7] for case in (PROBE, Case(args=PROBE.args))]
    assert backward[0] is not None
    assert backward[1] is None


def test_the_policy_may_refuse_functions() -> None:
    source = HEAD + (
        "class F(Function):\n @staticmethod\n def forward(ctx, x): return x * 2\n @staticmethod\n"
        " def backward(ctx, g): return g * 2\ndef f(x): return F.apply(x)"
    )
    assert refused(source) == []
    assert refused(source, autograd_function=False) == ["torch.autograd.Function"]


SHAPES: dict[str, tuple[Any, ...]] = {"a number": (), "nothing": (0,), "a matrix": (2, 3), "a row": (1, 5)}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_every_form_of_input_is_replayed(shape: tuple[int, ...]) -> None:
    source = HEAD + "def f(x): return torch.where(x <= 0, 0.0, x).sum() + x.mT if x.dim() > 1 else x * 2"
    probe, other = (Case(args=(torch.full(shape, number),), watch=True) for number in (0.5, -2.0))
    assert numbers(replayed(recorded(source, probe), other)) == numbers(direct(source, other))


def test_the_probe_is_left_as_it_was() -> None:
    case = vector_case(1.0, -2.0)
    before = numbers(direct("def f(x): return x * 1", case))
    Learner("import torch\ndef f(x):\n with torch.no_grad(): x.mul_(5)\n return x * 1").record(case)
    assert numbers(direct("def f(x): return x * 1", case)) == before


# A second call on the same tensors ------------------------------------------------------------------------------------

REMEMBERED = {
    "lru_cache": "@functools.lru_cache\ndef f(x): return x * 2",
    "a dictionary": "kept = {}\ndef f(x): return kept.setdefault(id(x), x * 2)",
    "the last one": "last = [None, None]\ndef f(x):\n if last[0] is not x: last[:] = [x, x * 2]\n return last[1]",
    "a part of the answer": "@functools.lru_cache\ndef g(x): return x.exp()\ndef f(x): return g(x) * x",
    "an attribute": module(
        "self.of = None", "\n  if self.of is not x: self.of, self.y = x, x * 2\n  return self.y + 0"
    ),
}
NOT_REMEMBERED = {
    "nothing": "def f(x): return x * 2",
    "a number for all": "@functools.lru_cache\ndef two(dtype): return torch.tensor(2.0, dtype=dtype)\n"
    "def f(x): return x * two(x.dtype)",
    "a table for a size": "@functools.lru_cache\ndef steps(n): return torch.arange(n) * 2\n"
    "def f(x): return x * steps(len(x))",
    "what nobody uses": "kept = []\ndef f(x):\n kept.append(x * 2)\n return kept[-1] * 2",
    "the input handed back": "def f(x): return x.contiguous()",
    "an input changed": "def f(x):\n with torch.no_grad(): x.mul_(2)\n return x * 1",
}


@pytest.mark.parametrize("watch", [True, False])
@pytest.mark.parametrize("source", REMEMBERED.values(), ids=REMEMBERED)
def test_an_answer_that_is_kept_for_a_tensor_shows_itself_where_the_case_is_watched(source: str, watch: bool) -> None:
    source = source if source.startswith(HEAD) else HEAD + source
    raised = replayed(recorded(source, replace(PROBE, watch=watch)), OTHER).raised
    assert (raised is not None and raised.message == STALE) is watch


@pytest.mark.parametrize("source", NOT_REMEMBERED.values(), ids=NOT_REMEMBERED)
def test_what_may_be_kept_is_no_fault(source: str) -> None:
    assert numbers(replayed(recorded(HEAD + source), OTHER)) == numbers(direct(HEAD + source, OTHER))

"""A program, replayed on inputs that its recording never saw, does what calling the answer on them does."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from autograder.worker.case import SIMULATED, Case
from autograder.worker.observe import observe
from autograder.worker.replay import STALE, Diverged, Replay
from tests.programs import (
    FILE,
    HEAD,
    OTHER,
    PROBE,
    Learner,
    direct,
    numbers,
    recorded,
    refused,
    replayed,
    vector_case,
)

ONE_NAME_MANY_OBJECTS = {
    "operators": "def f(x): return ((1 - x) / 3 + 2 / (x * x + 1)) ** 2 - (-x) % 2 + 2 ** x",
    "methods and functions": "def f(x): return torch.add(x, x.add(x)) + torch.Tensor.add(x, 1)",
    "partial": "add = functools.partial(torch.add, alpha=3)\ndef f(x): return add(x, x)",
    "in place": "def f(x):\n y = x.clone()\n y += 1\n y **= 2\n y[0] += 1\n y[y > 3] = 0\n return y",
    "unpacked": "def f(x):\n a, b, c = x\n return torch.stack([a * b, b * c, c])",
    "reversed": "def f(x): return torch.stack([a * 2 for a in reversed(x)])",
    "sum of Python": "def f(x): return sum([x, x * x])",
    "named tuples": "def f(x): return x * torch.aminmax(x).max + x.topk(2).values.sum()",
    "out=": "def f(x):\n v, i = torch.empty(()).double(), torch.tensor(0)\n"
    " torch.max(x.detach(), 0, out=(v, i))\n return x * v + i",
    "transposes": "def f(x):\n y = torch.stack([x, x * 2])\n return (y.T * y.mT).sum(1)",
    "composites": "def f(x): return torch.einsum('i,j->i', x, x) + torch.tensordot(x, x, 1) + torch.norm(x)",
    "lists of tensors": "def f(x): return torch.cat([part * 2 for part in x.split(2)])",
}
ALIASES = {
    "parameter of an input": "def f(x): return nn.Parameter(x) * x",
    "constructor of a tensor": "def f(x): return torch.Tensor(x.float()) * x",
    "constructor of a leaf": "def f(x): return torch.Tensor(x.detach().float()) * x",
    "parameter made early": "w = nn.Parameter(torch.ones(3, dtype=torch.float64) * 3)\ndef f(x): return x * w",
    "a view that is written": "def f(x):\n y = x.clone()\n v = y[1:]\n v.mul_(3)\n return y",
    "the input itself": "def f(x): return x",
    "a view of the input": "def f(x): return x.view(3)",
    "the input changed": "def f(x):\n with torch.no_grad(): x.mul_(2)\n return x * 1",
}
SETTINGS = {
    "no_grad": "def f(x):\n with torch.no_grad(): y = x * 2\n return x * y",
    "no_grad as a decorator": "@torch.no_grad()\ndef g(x): return x * 2\ndef f(x): return x * g(x)",
    "enable_grad": "def f(x):\n with torch.no_grad():\n  with torch.enable_grad(): y = x * 2\n  z = x * 3\n"
    " return y * z",
    "set_grad_enabled": "def f(x):\n torch.set_grad_enabled(False)\n y = x * 2\n torch.set_grad_enabled(True)\n"
    " return x * y",
    "autocast": "def f(x):\n with torch.autocast('cpu', dtype=torch.bfloat16):\n"
    "  y = torch.stack([x, x]).float()\n  return (y @ y.T).sum() * x",
    "default dtype": "def f(x):\n torch.set_default_dtype(torch.float64)\n y = torch.ones(3) / 3\n"
    " torch.set_default_dtype(torch.float32)\n return x * y + torch.ones(3) / 3",
    "detached": "def f(x): return x * (x * 2).detach()",
}
STATE = {
    "a list": "kept = []\ndef f(x):\n kept.append(x * 2)\n return kept[-1]",
    "a dictionary": "kept = {}\ndef f(x): return kept.setdefault('two', torch.tensor(2.0)) * x",
    "a closure": "def made():\n two = torch.full((), 2.0)\n return lambda x: x * two\nf = made()",
    "a generator": "def parts(x):\n y = yield x * 2\n yield y + 1\n"
    "def f(x):\n steps = parts(x)\n next(steps)\n return steps.send(x * 3)",
    "a buffer": "class f(nn.Module):\n def __init__(self):\n  super().__init__()\n"
    "  self.register_buffer('two', torch.tensor(2.0))\n def forward(self, x): return x * self.two",
    "deepcopy": "half = torch.tensor(0.5)\ndef f(x): return copy.deepcopy(half) * x",
    "a table of building blocks": "t = torch.exp(torch.linspace(-1, 1, 3, dtype=torch.float64))\n"
    "def f(x): return x * t",
    "a cache of what inputs do not change": "@functools.lru_cache\n"
    "def two(dtype): return torch.tensor(2.0, dtype=dtype)\n"
    "def f(x): return x * two(x.dtype)",
    "a few numbers": "t = torch.tensor([1.0, 2.0, 3.0])\ndef f(x): return x * t + torch.Tensor([3.0])",
}
EXCEPTIONS = {
    "its own": "def f(x): raise ValueError('mine')",
    "torch's": "def f(x): return x.view(99)",
    "torch's, caught": "def f(x):\n try: x.view(99)\n except RuntimeError: return x * 2",
    "an argument of the wrong kind": "def f(x): return torch.exp('a')",
    "no tensor": "def f(x): return [x]",
    "nothing": "def f(x): pass",
}
FUNCTION = """
class F(Function):
    @staticmethod
    def forward({forward}
    @staticmethod
    def backward(ctx, {backward}
def f(x): return {use}
"""


def own(forward: str, backward: str, use: str = "F.apply(x)") -> str:
    return FUNCTION.format(forward=forward, backward=backward, use=use)


SAVED = "g): return g * 2 * ctx.saved_tensors[0]"
SQUARE = "ctx, x):\n        ctx.save_for_backward(x)\n        return x * x"
SEVERAL = "ctx, x):\n        ctx.save_for_backward(x)\n        return x * x, x * 3"
FUNCTIONS = {
    "a saved input": own(SQUARE, SAVED),
    "a saved output": own(
        "ctx, x):\n        y = torch.exp(x)\n        ctx.save_for_backward(y)\n        return y",
        "g): return g * ctx.saved_tensors[0]",
    ),
    "an attribute of ctx": own(
        "ctx, x):\n        ctx.positive = x > 0\n        return x.clamp(min=0)", "g): return g * ctx.positive"
    ),
    "setup_context": own(
        "x): return torch.exp(x)\n    @staticmethod\n    def setup_context(ctx, given, y): ctx.save_for_backward(y)",
        "g): return g * ctx.saved_tensors[0]",
    ),
    "several outputs": own(SEVERAL, "g, h): return g * 2 * ctx.saved_tensors[0] + h * 3", "torch.mul(*F.apply(x))"),
    "an output without gradient": own(SEVERAL, "g, h): return g * 2 * ctx.saved_tensors[0] + h * 3", "F.apply(x)[0]"),
    "gradients left None": own(
        "ctx, x):\n        ctx.set_materialize_grads(False)\n        ctx.save_for_backward(x)\n"
        "        return x * x, x * 3",
        "g, h): return g * (2 if h is None else 5) * ctx.saved_tensors[0]",
        "F.apply(x)[0]",
    ),
    "mark_dirty": own(
        "ctx, x):\n        ctx.mark_dirty(x)\n        return x.mul_(2)",
        "g): return g * 2",
        "(lambda y: F.apply(y) * y)(x * x)",
    ),
    "mark_non_differentiable": own(
        "ctx, x):\n        y = x * 3\n        ctx.mark_non_differentiable(y)\n        return x * 2, y",
        "g, h): return g * 2",
        "F.apply(x)[1]",
    ),
    "a gradient None for a number": own(
        "ctx, x, k):\n        return x * k", "g): return g * 3, None", "F.apply(x, 3.0)"
    ),
    "a gradient None for a tensor": own(
        "ctx, x, y):\n        return x * y", "g): return g * 3, None", "F.apply(x, x * 2)"
    ),
    "needs_input_grad": own(
        "ctx, x, y):\n        return x * y",
        "g): return tuple(g * 3 if needed else None for needed in ctx.needs_input_grad)",
        "F.apply(x, torch.ones(3).double())",
    ),
    "once_differentiable": own(SQUARE, SAVED).replace(
        "def backward", "@torch.autograd.function.once_differentiable\n    def backward"
    ),
    "vjp": own(SQUARE, SAVED).replace("def backward", "def vjp"),
    "bound at import": own(SQUARE, SAVED).replace(
        "def f(x): return F.apply(x)", "square = F.apply\nf = lambda x: square(x)"
    ),
    "made at each call": "def f(x):\n class F(Function):\n  @staticmethod\n  def forward(ctx, x): return x * 2\n"
    "  @staticmethod\n  def backward(ctx, g): return g * 3\n return F.apply(x)",
    "twice": own(SQUARE, SAVED, "F.apply(F.apply(x)) + F.apply(x * 2)"),
    "a sum": own(
        "ctx, x):\n        ctx.shape = x.shape\n        return x.sum()",
        "g): return g.expand(ctx.shape)",
        "F.apply(x) * x",
    ),
    "under no_grad": own(SQUARE, SAVED, "x * torch.no_grad()(F.apply)(x)"),
    "the input handed back": own("ctx, x):\n        return x", "g): return g * 2"),
    "a view handed back": own("ctx, x):\n        return x.view_as(x)", "g): return g * 2"),
    "a backward that raises": own(SQUARE, "g): raise ValueError('no gradient here')"),
    "no backward": own(SQUARE, "g): ...").partition("    @staticmethod\n    def backward")[0] + "f = F.apply",
    "a number read in backward": own(
        SQUARE, "g):\n        x, = ctx.saved_tensors\n        return g * 2 * x if bool((g != 0).any()) else g"
    ),
    "a Function in a Function": own(SQUARE, SAVED).partition("def f(")[0].replace("class F", "class G").rstrip()
    + own("ctx, x):\n        return G.apply(x) * 2", "g): return g * 3"),
    "double backward": """
class G(Function):
    @staticmethod
    def forward(ctx, x, g):
        ctx.save_for_backward(x, g)
        return g * 3 * x * x
    @staticmethod
    def backward(ctx, h):
        x, g = ctx.saved_tensors
        return h * g * 6 * x, h * 3 * x * x
"""
    + own(
        "ctx, x):\n        ctx.save_for_backward(x)\n        return x**3", "g): return G.apply(*ctx.saved_tensors, g)"
    ),
}
TWINS = {
    f"{kind}: {name}": HEAD + source
    for kind, sources in {
        "names": ONE_NAME_MANY_OBJECTS,
        "aliases": ALIASES,
        "settings": SETTINGS,
        "state": STATE,
        "exceptions": EXCEPTIONS,
        "Function": FUNCTIONS,
    }.items()
    for name, source in sources.items()
}


@pytest.mark.parametrize("source", TWINS.values(), ids=TWINS)
def test_a_replay_is_a_call_bit_for_bit(source: str) -> None:
    assert refused(source) == []
    assert numbers(replayed(recorded(source))) == numbers(direct(source))


@pytest.mark.parametrize("source", [HEAD + source for source in STATE.values()], ids=STATE)
def test_a_later_call_is_replayed_with_what_earlier_ones_have_left(source: str) -> None:
    learner, again = Learner(source), Learner(source)
    for _ in range(3):
        learner.record(PROBE)
        observe(again.function, OTHER, FILE)
    assert numbers(replayed(learner.record(PROBE))) == numbers(observe(again.function, OTHER, FILE))


ONCE = replace(PROBE, watch=False)  # what is watched is called twice
COUNTERS = {
    "a tensor": "n = torch.zeros(())\ndef f(x):\n n.add_(1)\n return x * n",
    "a tensor, through a view": "n = torch.zeros(1)\ndef f(x):\n n.view(-1).add_(1)\n return x * n",
    "a number": "n = [0]\ndef f(x):\n n[0] += 1\n return x * n[0]",
    "a new tensor each time": "n = torch.zeros(())\ndef f(x):\n global n\n n = n + 1\n return x * n",
}


@pytest.mark.parametrize("source", [HEAD + source for source in COUNTERS.values()], ids=COUNTERS)
def test_a_counter_of_calls_is_seen_to_count(source: str) -> None:
    learner, again = Learner(source), Learner(source)
    for _ in range(2):
        program = learner.record(ONCE)
        assert numbers(replayed(program)) == numbers(observe(again.function, OTHER, FILE))


def test_what_a_history_does_not_need_is_let_go_of() -> None:
    learner = Learner(HEAD + "seen = []\ndef f(x):\n seen.append(x.sum())\n return (x * 2 + 1).exp()\n")
    for _ in range(20):
        learner.record(ONCE)
    lasting = [step for step in learner.recorder.tape.steps if step.entry[0] == "call"]
    assert [step.entry[1] for step in lasting[:19]] == ["torch.Tensor.sum"] * 19
    assert len(lasting) == 19 + 4  # those of the last call are let go of by the next


def test_a_counter_in_a_buffer_starts_anew_in_each_call_and_is_told() -> None:
    """A call gets copies of a module's buffers, which are let go of: that it writes to them is counted instead."""
    learner = Learner(
        HEAD + "class f(nn.Module):\n def __init__(self):\n  super().__init__()\n"
        "  self.register_buffer('n', torch.zeros(()))\n def forward(self, x):\n  self.n += 1\n  return x * self.n"
    )
    for _ in range(2):
        assert numbers(replayed(learner.record(ONCE))) == numbers(direct("def f(x): return x * 1"))
        counts = learner.claims(ONCE).module
        assert counts is not None
        assert counts["tensors kept from a call"] == 1


STALE_VALUES = {
    "the first answer": "kept = []\ndef f(x):\n kept.append(x * 2)\n return kept[0]",
    "the first input": "kept = []\ndef f(x):\n kept.append(x)\n return x + kept[0]",
    "a cache by shape": "kept = {}\ndef f(x): return kept.setdefault(x.shape, x * 2)",
    "an attribute": "class f(nn.Module):\n def forward(self, x):\n  self.y = getattr(self, 'y', x * 2)\n"
    "  return self.y",
    "a parameter made of an input": "kept = []\ndef f(x):\n kept.append(nn.Parameter(x))\n return x + kept[0]",
}


@pytest.mark.parametrize("source", [HEAD + source for source in STALE_VALUES.values()], ids=STALE_VALUES)
def test_numbers_that_an_earlier_input_has_left_are_refused_in_words(source: str) -> None:
    learner = Learner(source)
    assert replayed(learner.record(ONCE)).raised is None  # what is left is this call's own
    raised = replayed(learner.record(ONCE)).raised
    assert raised is not None
    assert raised.message == STALE


READS = {
    "a boolean": "def f(x): return x * 2 if x[0] > 0 else x * 3",
    "bool()": "def f(x): return x * 2 if bool((x > -2).all()) else x * 3",
    "a loop over rows": "def f(x): return torch.stack([a if a > 0 else a * 0 for a in x])",
    "max of Python": "def f(x): return x * max(x[0], x[1])",
    "a whole number": "def f(x): return x * int(x[0] * 10)",
    "a fraction": "def f(x): return x * float(x[0].detach())",
    "an index": "def f(x): return x * [2, 3][(x[0] > 0).long()]",
    "the size of a mask": "def f(x): return x * len(x[x > 0])",
    "the size of nonzero": "def f(x): return x * torch.nonzero(x > 0).shape[0]",
    "elements of nonzero": "def f(x): return x * (x > 0).nonzero().numel()",
    "the size of unique": "def f(x): return x * (x > 0).unique().size(0) * (x > 1).unique().size(0) * len(x[x > 0])",
    "in": "def f(x): return x * 2 if 0.5 in x else x * 3",
    "equal": "def f(x): return x * 2 if torch.equal(x, x.clamp(min=-2)) else x * 3",
    "a list": "def f(x): return torch.tensor([a * 2 for a in x.detach().tolist()])",
    "item": "def f(x): return x - x.detach().max().item()",
    "a text": "def f(x): return x * len([a for a in x.detach().tolist() if a > 0])",
}


@pytest.mark.parametrize("source", [HEAD + source for source in READS.values()], ids=READS)
def test_another_number_read_is_another_way(source: str) -> None:
    program = recorded(source)
    assert numbers(replayed(program, PROBE)) == numbers(direct(source, PROBE))
    with pytest.raises(Diverged):
        replayed(program)


def test_a_way_is_recorded_for_booleans_that_only_the_replayer_has_seen() -> None:
    source = HEAD + READS["a loop over rows"]
    replay = Replay(Learner(source).record(PROBE).text)
    with pytest.raises(Diverged):
        observe(replay, OTHER)
    assert replay.reads == [False]  # the recording has read True; what comes after is not known yet
    program = Learner(source).record(PROBE, False, True, False)
    assert numbers(replayed(program)) == numbers(direct(source))


def test_what_is_read_and_is_no_boolean_cannot_be_told() -> None:
    """Otherwise an answer could be made of numbers told one by one, by Python's own mathematics."""
    source = HEAD + READS["a fraction"]
    learner = Learner(source)
    replay = Replay(learner.record(PROBE).text)
    with pytest.raises(Diverged):
        observe(replay, OTHER)
    assert replay.reads == [None]
    with pytest.raises(Diverged):
        replayed(learner.record(PROBE, None))


def test_a_call_that_raises_on_other_numbers_only_is_another_way() -> None:
    source = HEAD + "def f(x): return x * torch.linalg.cholesky(torch.diag(x)).diag()"
    with pytest.raises(Diverged):
        replayed(recorded(source, vector_case(0.5, 1.5, 0.75)), vector_case(-1.0, 1.0, 1.0))


def test_a_caught_exception_that_other_numbers_do_not_raise_is_another_way() -> None:
    source = HEAD + (
        "def f(x):\n try: return torch.linalg.cholesky(torch.diag(x.detach())).diag() * x\n"
        " except RuntimeError: return x"
    )
    program = recorded(source, PROBE)  # which is not all positive
    assert numbers(replayed(program, OTHER)) == numbers(direct(source, OTHER))
    with pytest.raises(Diverged):
        replayed(program, vector_case(1.0, 2.0, 3.0))


UNSEEN = {
    "set_": "def f(x):\n y = torch.zeros(3).double()\n y.set_((x * 3).detach())\n return y * x",
    "swapped": "def f(x):\n a, b = x * 2, x * 3\n torch.utils.swap_tensors(a, b)\n return a",
    "a thread": "import threading\ndef f(x):\n out = []\n one = threading.Thread(target=lambda: out.append(x.exp()))\n"
    " one.start()\n one.join()\n return out[0]",
    "grad_fn": "def f(x): return torch.exp(x).grad_fn(torch.ones(3).double())",
    "numpy": "import numpy\ndef f(x): return torch.from_numpy(numpy.exp(x.detach().numpy()))",
    "the mode switched off": "def f(x):\n with torch._C.DisableTorchFunction(): return torch.sigmoid(x)",
    "the class's own table": "def f(x): return torch._C._VariableFunctionsClass.__dict__['sigmoid'](x)",
    "memory written": "import ctypes\ndef f(x):\n y = x * 1\n"
    " ctypes.memmove(y.data_ptr(), torch.sigmoid(x.detach()).data_ptr(), 24)\n return y",
    "a trace": "import warnings\nwarnings.simplefilter('ignore')\n"
    "log = torch.jit.trace(torch.exp, (torch.ones(3).double(),))\n"
    "def f(x): return log(x)",
    "printed": "import math\ndef f(x):\n t = str(x.detach().sum().item())\n return x * math.tanh(float(t))",
}


@pytest.mark.parametrize("source", [HEAD + source for source in UNSEEN.values()], ids=UNSEEN)
def test_what_nobody_saw_being_computed_does_not_reach_a_replay(source: str) -> None:
    """A refusal, another way, or numbers of the probe, which are wrong: never the right ones on another input."""
    if refused(source):
        return
    try:
        seen = replayed(recorded(source))
    except Diverged:
        return
    assert numbers(seen) != numbers(direct(source))


def test_random_numbers_are_the_replayers_own() -> None:
    source = HEAD + "def f(x): return x * torch.rand(3)"
    program = recorded(source)
    torch.manual_seed(1)
    first, second = replayed(program), replayed(program)
    assert numbers(first) != numbers(second)
    torch.manual_seed(1)
    assert numbers(replayed(program)) == numbers(first)


ON_THE_DEVICE = replace(PROBE, device=SIMULATED)
FORWARD_THERE = Case(args=PROBE.args, device=SIMULATED, trace=True)
COSTS = {
    "nothing": ("def f(x): return x * 2", {}),
    "a boolean read": ("def f(x): return x * 2 if bool((x == x).all()) else x", {"sync: item()": 1}),
    "a copy to the host": ("def f(x): return x * x.cpu().sum()", {"d2h: copy of shape (3,) to cpu": 1}),
    "a mask": ("def f(x):\n y = x.clone()\n y[x > 100] = 0\n return y", {}),
    "a selection": ("def f(x): return x * x[x == x].sum()", {"sync: boolean mask": 1}),
}


@pytest.mark.parametrize(("source", "events"), COSTS.values(), ids=COSTS)
def test_what_a_call_costs_on_the_device_is_seen_in_the_replay(source: str, events: dict[str, int]) -> None:
    case = replace(FORWARD_THERE, args=OTHER.args)
    seen, expected = replayed(recorded(source, FORWARD_THERE), case), direct(source, case)
    assert seen.trace is not None
    assert expected.trace is not None
    assert dict(seen.trace.events) == dict(expected.trace.events) == events
    assert seen.device == expected.device


def test_a_result_left_on_the_host_is_seen_in_the_replay() -> None:
    source = "def f(x): return x.cpu() * 2"
    case = replace(OTHER, device=SIMULATED)
    seen = replayed(recorded(source, ON_THE_DEVICE), case)
    assert (seen.type, seen.device) == (direct(source, case).type, direct(source, case).device)
    assert seen.device != replayed(recorded("def f(x): return x * 2", ON_THE_DEVICE), case).device


def test_a_constant_is_made_on_the_device_that_it_was_on() -> None:
    source = "import torch\ndef f(x): return x * torch.tensor([1.0, 2.0, 3.0], dtype=x.dtype, device=x.device)"
    seen = replayed(recorded(source, ON_THE_DEVICE), ON_THE_DEVICE)
    assert seen.raised is None
    assert seen.device == ON_THE_DEVICE.device


def test_complex_numbers_are_refused_when_they_come_to_be() -> None:
    """By names a program might yet come to them: the replayer looks at what a call returns."""
    text = recorded("import torch\ndef f(x): return torch.exp(x) * 1").text.replace("torch.exp", "torch.fft.fft")
    raised = observe(Replay(text), OTHER).raised
    assert raised is not None
    assert "complex" in raised.message


def test_a_device_that_is_none_is_an_exception_of_the_call() -> None:
    program = recorded("import torch\ndef f(x): return x + torch.zeros(3, device=torch.device('cpu'))")
    raised = observe(Replay(program.text.replace('{"p":"cpu"}', '{"p":"nowhere"}')), OTHER).raised
    assert raised is not None
    assert "nowhere" in raised.message


def test_a_replay_leaves_torch_set_as_it_was() -> None:
    for source in SETTINGS.values():
        replayed(recorded(HEAD + source))
    left = "def f(x):\n torch.set_grad_enabled(False)\n y = x * 2\n torch.set_default_dtype(torch.float64)\n return y"
    program = recorded(HEAD + left)
    assert replayed(program).requires_grad is False
    Replay(program.text)(*OTHER.args)  # nor does it leave that to who observes it
    assert (torch.is_grad_enabled(), torch.get_default_dtype()) == (True, torch.float32)


def test_as_many_tensors_as_were_recorded() -> None:
    program = recorded("def f(x, y=None): return x * 2")
    with pytest.raises(Diverged):
        replayed(program, Case(args=(torch.ones(3), torch.ones(3))))

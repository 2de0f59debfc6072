"""Mutate programs, and run what can be read of them and is allowed, in a process with little memory.

Run by `test_worker_program`: ``python fuzzed_programs.py SEEDS.json COUNT``; says in a line of JSON what came of them.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from autograder.course import RulePolicy
from autograder.rules import check_program
from autograder.worker.case import Case
from autograder.worker.names import functions, name_of
from autograder.worker.observe import observe
from autograder.worker.program import Program, read_program
from autograder.worker.replay import Diverged, Replay
from autograder.worker.wire import ProtocolError

Json = Any
ROOM = 1 << 30  # bytes of memory beyond what the process has when it begins
POLICY = RulePolicy()
ODD: tuple[Json, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        2,
        3,
        7,
        2.5,
        float("nan"),
        float("inf"),
        1 << 31,
        1 << 40,
        (1 << 63) - 1,
        -(1 << 63),
    ),
    *("", "cpu", "meta", "cuda", "float16", "mean", "i->j", "\ud800", "x" * 700, [], {}, [[]], [0], [2, 3], [1 << 40]),
    *([1 << 20, 1 << 20], {"v": 0}, {"v": 1}, {"v": 2}, {"v": 3}, {"t": []}, {"t": [3, 1]}, {"s": [None, None, None]}),
    *({"s": [0, 1 << 40, 2]}, {"r": [0, 20_000, 1]}, {"k": "..."}, {"d": "bool"}, {"d": "float8_e5m2"}, {"d": "int64"}),
    *({"p": "cpu"}, {"p": "meta"}, {"p": "cuda:9"}, {"p": "nowhere"}, {"m": "channels_last"}, {"m": "strided"}),
    *(["call", "torch.exp", [{"v": 0}], {}, {"v": 9}], ["set", False, False, "float16", "bfloat16"]),
    *(["set", True, True, "float64", None], ["stale", {"v": 1}], ["value", {"v": 0}], ["type", "x"]),
)


# What the replayer itself calls to set torch and to make constants, and torch's own code within the functions called.
OWN = frozenset(
    {"torch._C._set_grad_enabled", "torch.device", "torch.Tensor.requires_grad_"}
    | {"torch.Tensor.__format__", "torch.Tensor._backward_hooks.__set__"}
)


def allowed_names() -> list[str]:
    """Every name that the rules let a program call."""
    text = '{"inputs":1,"steps":[["call",%s,[],{},null]],"end":["value",{"v":0}]}'
    return [name for name in functions() if not check_program(read_program(text % json.dumps(name)), POLICY)]


def places(value: Json) -> Iterator[tuple[Any, Any]]:
    """Every container inside ``value`` with each of its keys or indices."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


class Mutator:
    """Makes programs that are nearly right."""

    def __init__(self, seeds: list[Json], seed: int) -> None:
        self._seeds = seeds
        self._random = random.Random(seed)  # no secret
        self.names = allowed_names()

    def text(self) -> str:
        """The next program."""
        data = deepcopy(self._random.choice(self._seeds))
        for _ in range(self._random.randint(1, 3)):
            self._random.choice((self._replace, self._replace, self._rename, self._rename, self._move, self._drop))(
                data
            )
        text = json.dumps(data)
        return self._cut(text) if self._random.random() < 0.1 else text

    def _replace(self, data: Json) -> None:
        holder, key = self._random.choice(list(places(data)))
        holder[key] = deepcopy(self._random.choice(ODD))

    def _rename(self, data: Json) -> None:
        calls = [
            (h, k) for h, k in places(data) if k == 1 and isinstance(h[k], str) and h[0] in ("call", "read", "raises")
        ]
        if calls:
            holder, key = self._random.choice(calls)
            holder[key] = self._random.choice(self.names)

    def _move(self, data: Json) -> None:
        everywhere = list(places(data))
        (holder, key), (other, place) = self._random.choice(everywhere), self._random.choice(everywhere)
        holder[key] = deepcopy(other[place])

    def _drop(self, data: Json) -> None:
        holder, key = self._random.choice(list(places(data)))
        del holder[key]

    def _cut(self, text: str) -> str:
        whole = bytearray(text.encode())
        for _ in range(self._random.randint(1, 4)):
            start = self._random.randrange(len(whole))
            whole[start : start + self._random.randint(0, 3)] = self._random.randbytes(self._random.randint(0, 3))
        return whole.decode(errors="replace")


class Called(TorchFunctionMode):
    """Notes the names of everything that is called while it is entered."""

    def __init__(self, told: set[str]) -> None:
        super().__init__()
        self._told = told

    def __torch_function__(
        self, func: Callable[..., Any], types: object, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """See torch."""
        self._told.add(name_of(func))
        return func(*args, **(kwargs or {}))


def run(program: Program, told: set[str]) -> str:
    """What came of a program on one input, which is not that of its recording."""
    x = torch.tensor([0.25, -1.5, 3.0], dtype=torch.float64)
    case = Case(args=(x,), wrt=(0,), cotangent=torch.ones(3).double(), second=(torch.ones(3).double(),), watch=True)
    replay = Replay(program.text)

    def noted(*args: object) -> object:
        with Called(told):
            return replay(*args)

    try:
        seen = observe(noted, case)
    except Diverged:
        return "diverged"
    finally:
        replay.close()
    return "raised" if seen.raised else "returned"


def main(path: str, count: int) -> None:
    """Mutate, read and run."""
    with open(path) as file:  # noqa: PTH123  # a path of ours
        mutator = Mutator(json.load(file), seed=16)
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # as a worker does
    size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()  # noqa: PTH123, SIM115
    resource.setrlimit(resource.RLIMIT_AS, (size + ROOM, size + ROOM))
    found: Counter[str] = Counter(mutated=count)
    told: set[str] = set()
    for _ in range(count):
        text = mutator.text()
        try:
            program = read_program(text)
        except ProtocolError:
            found["refused"] += 1
            continue
        if check_program(program, POLICY):
            found["forbidden"] += 1
            continue
        found["run"] += 1
        found[run(program, told)] += 1
    print(json.dumps({**found, "unlisted": sorted(told - {*mutator.names} - OWN)}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

"""What a worker answers is checked before it is replayed; a replayer that is lost costs what was asked of it alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch

from autograder.grade.plan import Chunk, encoded_chunk
from autograder.grade.replayer import Recording, Replayer, read_recordings
from autograder.result import Verdict
from autograder.sandbox import Frame, WorkerLost
from autograder.worker import codec
from autograder.worker.case import Case, Observation
from autograder.worker.wire import ProtocolError
from tests.inprocess import InProcessSandbox, InProcessWorker
from tests.programs import HEAD, PROBE, numbers, recorded, replayed

Json = Any
DOUBLE = recorded(HEAD + "def f(x): return x * 2").text
POSITIVE = recorded(HEAD + "def f(x): return x * 2 if x[0] > 0 else x").text
CLAIMS: dict[str, Json] = {"globals": [], "module": None, "lines": []}
CASES = (
    Case(args=(torch.tensor([0.5, -1.0, 2.0]).double(),), watch=True),
    Case(args=(torch.full((3,), -1.0).double(),)),
)


def answer(cases: Json = ((0, 0),), claims: Json = (CLAIMS,)) -> dict[str, Json]:
    told: dict[str, Json] = json.loads(json.dumps({"cases": cases, "claims": claims}))
    return told


def recordings(text: str, count: int = len(CASES), **claims: Json) -> list[Recording]:
    return read_recordings(answer([[0, 0]] * count, [{**CLAIMS, **claims}]), text.encode(), count)


def chunk(*cases: Case, lasting: bool = True) -> Chunk:
    return replace(encoded_chunk(cases or CASES, 1 << 20), lasting=lasting)


# What a worker answers ------------------------------------------------------------------------------------------------


def test_recordings_share_programs_and_claims() -> None:
    other = recorded(HEAD + "def f(x): return x * 3").text
    lines = [["torch.exp", 3], ["torch.exp", 9]]
    module = {"parameters": 1}
    claims = [CLAIMS, {"globals": ["grad mode"], "module": module, "lines": lines}]
    found = read_recordings(answer([[1, 0], [0, 1], [1, 1]], claims), f"{DOUBLE}\n{other}".encode(), 3)
    assert [item.program.text for item in found] == [other, DOUBLE, other]
    assert found[1].claims is found[2].claims
    assert found[1].claims.entry == {"globals": ["grad mode"], "module": module}
    assert found[1].claims.lines == {"torch.exp": 3}  # where it stands first


def test_no_recordings_are_none() -> None:
    assert read_recordings(answer([], []), b"", 0) == []


BAD: dict[str, tuple[Json, Json, bytes]] = {
    "fewer than asked for": ([], [CLAIMS], DOUBLE.encode()),
    "more than asked for": ([[0, 0], [0, 0]], [CLAIMS], DOUBLE.encode()),
    "cases of another kind": ({"0": 0}, [CLAIMS], DOUBLE.encode()),
    "claims of another kind": ([[0, 0]], CLAIMS, DOUBLE.encode()),
    "more claims than recordings": ([[0, 0]], [CLAIMS, CLAIMS], DOUBLE.encode()),
    "more programs than recordings": ([[0, 0]], [CLAIMS], f"{DOUBLE}\n{DOUBLE}".encode()),
    "bytes that are no text": ([[0, 0]], [CLAIMS], b"\xff"),
    "no program": ([[0, 0]], [CLAIMS], b""),
    "a program that is none": ([[0, 0]], [CLAIMS], b"{}"),
    "a place of no program": ([[1, 0]], [CLAIMS], DOUBLE.encode()),
    "a place of no claims": ([[0, 1]], [CLAIMS], DOUBLE.encode()),
    "a place before the first": ([[-1, 0]], [CLAIMS], DOUBLE.encode()),
    "a place by a boolean": ([[False, 0]], [CLAIMS], DOUBLE.encode()),
    "a place by a fraction": ([[0.0, 0]], [CLAIMS], DOUBLE.encode()),
    "a case of three": ([[0, 0, 0]], [CLAIMS], DOUBLE.encode()),
    "a case that is none": ([0], [CLAIMS], DOUBLE.encode()),
    "claims without lines": ([[0, 0]], [{"globals": [], "module": None}], DOUBLE.encode()),
    "claims of more": ([[0, 0]], [{**CLAIMS, "more": 1}], DOUBLE.encode()),
    "claims that are none": ([[0, 0]], [7], DOUBLE.encode()),
    "settings of another kind": ([[0, 0]], [{**CLAIMS, "globals": "grad mode"}], DOUBLE.encode()),
    "settings of numbers": ([[0, 0]], [{**CLAIMS, "globals": [7]}], DOUBLE.encode()),
    "counts of another kind": ([[0, 0]], [{**CLAIMS, "module": []}], DOUBLE.encode()),
    "counts of texts": ([[0, 0]], [{**CLAIMS, "module": {"parameters": "0"}}], DOUBLE.encode()),
    "lines of another kind": ([[0, 0]], [{**CLAIMS, "lines": {"torch.exp": 3}}], DOUBLE.encode()),
    "a line of three": ([[0, 0]], [{**CLAIMS, "lines": [["torch.exp", 3, 4]]}], DOUBLE.encode()),
    "a line of text": ([[0, 0]], [{**CLAIMS, "lines": [["torch.exp", "3"]]}], DOUBLE.encode()),
}


@pytest.mark.parametrize(("cases", "claims", "raw"), BAD.values(), ids=BAD)
def test_what_is_no_answer_is_refused(cases: Json, claims: Json, raw: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_recordings(answer(cases, claims), raw, 1)


@pytest.mark.parametrize("missing", ["cases", "claims"])
def test_an_answer_without_a_part_is_refused(missing: str) -> None:
    told = answer()
    del told[missing]
    with pytest.raises(ProtocolError):
        read_recordings(told, DOUBLE.encode(), 1)


# Replaying ------------------------------------------------------------------------------------------------------------


class Watched(InProcessSandbox):
    """Counts the processes and the questions, and breaks an answer where it is told to."""

    def __init__(self, *broken: Frame | WorkerLost) -> None:
        self.broken = list(broken)
        self.asked: list[Mapping[str, Any]] = []
        self.sizes: list[int] = []
        self.started = self.ended = 0

    def worker(self) -> InProcessWorker:
        self.started += 1
        return _Watched(self)


class _Watched(InProcessWorker):
    def __init__(self, sandbox: Watched) -> None:
        super().__init__()
        self._sandbox = sandbox

    def ask(self, header: Mapping[str, Any], raw: bytes, *, seconds: float, max_raw: int) -> Frame:
        self._sandbox.asked.append(header)
        self._sandbox.sizes.append(len(raw))
        if self._sandbox.broken:
            answer = self._sandbox.broken.pop(0)
            if isinstance(answer, WorkerLost):
                raise answer
            return answer
        return super().ask(header, raw, seconds=seconds, max_raw=max_raw)

    def close(self) -> None:
        self._sandbox.ended += 1


def seen(found: Sequence[Observation]) -> list[list[object]]:
    return [numbers(item) for item in found]


def test_a_replayer_sees_what_a_replay_does() -> None:
    replayer = Replayer(InProcessSandbox())
    found = replayer.replay(chunk(), recordings(DOUBLE), seed=1, seconds=5)
    program = recordings(DOUBLE)[0].program
    assert seen(list(found.seen)) == seen([replayed(program, case) for case in CASES])
    assert found.diverged == {}


def test_it_tells_which_inputs_lead_another_way_and_what_is_read_there() -> None:
    found = Replayer(InProcessSandbox()).replay(chunk(), recordings(POSITIVE), seed=1, seconds=5)
    assert found.diverged == {1: [False]}


def test_no_file_is_ever_loaded_there() -> None:
    sandbox = Watched()
    replayer = Replayer(sandbox)
    replayer.replay(chunk(), recordings(DOUBLE), seed=1, seconds=5)
    replayer.replay(chunk(), recordings(POSITIVE), seed=1, seconds=5)
    assert {header["op"] for header in sandbox.asked} == {"replay"}


def test_claims_are_joined_to_what_was_seen() -> None:
    calls = recordings(DOUBLE, globals=["grad mode"], module={"parameters": 2})
    (first, _second) = Replayer(InProcessSandbox()).replay(chunk(), calls, seed=1, seconds=5).seen
    assert first.globals_changed == ("grad mode",)
    assert first.module == {"parameters": 2}


def test_claims_change_nothing_that_is_seen() -> None:
    plain = Replayer(InProcessSandbox()).replay(chunk(), recordings(DOUBLE), seed=1, seconds=5).seen
    told = Replayer(InProcessSandbox()).replay(chunk(), recordings(DOUBLE, globals=["x"]), seed=1, seconds=5).seen
    assert seen(list(plain)) == seen(list(told))


def test_one_program_is_run_once_on_a_chunk_for_all_who_bring_it() -> None:
    sandbox = Watched()
    replayer, cases = Replayer(sandbox), chunk()
    first = replayer.replay(cases, recordings(DOUBLE), seed=1, seconds=5)
    assert replayer.replay(cases, recordings(DOUBLE), seed=1, seconds=5) is first
    replayer.replay(cases, recordings(DOUBLE, globals=["grad mode"]), seed=1, seconds=5)  # other claims: not the same
    replayer.replay(cases, recordings(DOUBLE), seed=2, seconds=5)  # other random numbers: not the same
    assert len(sandbox.asked) == 3


def test_cases_that_last_are_sent_once() -> None:
    sandbox = Watched()
    replayer, lasting, passing = Replayer(sandbox), chunk(), chunk(lasting=False)
    for cases in (lasting, passing):
        for seed in (1, 2):
            replayer.replay(cases, recordings(DOUBLE), seed=seed, seconds=5)
    assert [size > 0 for size in sandbox.sizes] == [True, False, True, True]


LOST = {
    "ended": WorkerLost(Verdict.CRASH, "it ended"),
    "too late": WorkerLost(Verdict.TIMEOUT, "too late"),
    "no observations": ({"id": 1}, b""),
    "too few": codec.encode_observations([Observation(type="list")], 1 << 20),
    "nothing of what diverged": codec.encode_observations([Observation(type="list")] * 2, 1 << 20),
    "diverged out of range": (
        {**codec.encode_observations([Observation(type="list")] * 2, 1 << 20)[0], "diverged": [[2, []]]},
        codec.encode_observations([Observation(type="list")] * 2, 1 << 20)[1],
    ),
    "diverged of another kind": (
        {**codec.encode_observations([Observation(type="list")] * 2, 1 << 20)[0], "diverged": [[0, "no"]]},
        codec.encode_observations([Observation(type="list")] * 2, 1 << 20)[1],
    ),
}


@pytest.mark.parametrize("broken", LOST.values(), ids=LOST)
def test_a_replayer_that_is_lost_is_replaced_and_asked_anew(broken: Frame | WorkerLost) -> None:
    sandbox = Watched(broken)
    replayer, cases = Replayer(sandbox), chunk()
    with pytest.raises(WorkerLost):
        replayer.replay(cases, recordings(POSITIVE), seed=1, seconds=5)
    found = replayer.replay(cases, recordings(DOUBLE), seed=1, seconds=5)  # another learner's
    assert seen(list(found.seen)) == seen([replayed(recordings(DOUBLE)[0].program, case) for case in CASES])
    assert (sandbox.started, sandbox.ended) == (2, 1)
    assert sandbox.sizes[-1] > 0  # the new process has not seen the cases


def test_a_process_that_lacks_a_module_is_replaced_by_one_that_is_fit() -> None:
    sandbox = Watched(({"unfit": True}, b""))
    found = Replayer(sandbox).replay(chunk(), recordings(DOUBLE), seed=1, seconds=5)
    assert found.diverged == {}
    assert sandbox.started == 2
    assert sandbox.asked[-1]["fit"] is True


def test_a_closed_replayer_ends_its_process_and_can_be_used_again() -> None:
    sandbox = Watched()
    replayer, cases = Replayer(sandbox), chunk()
    replayer.replay(cases, recordings(DOUBLE), seed=1, seconds=5)
    replayer.close()
    assert sandbox.ended == 1
    replayer.replay(cases, recordings(DOUBLE), seed=2, seconds=5)
    assert sandbox.started == 2


def test_random_numbers_are_those_of_the_seed() -> None:
    text = recorded(HEAD + "def f(x): return x * torch.rand(3)", PROBE).text
    seen_by_seed = [
        seen(list(Replayer(InProcessSandbox()).replay(chunk(), recordings(text), seed=seed, seconds=5).seen))
        for seed in (1, 1, 2)
    ]
    assert seen_by_seed[0] == seen_by_seed[1] != seen_by_seed[2]

"""Answer the grader's requests inside a worker: load a submission's file and record it, or replay what was recorded."""

from __future__ import annotations

import contextlib
import io
import linecache
import os
import sys
import time
import types
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any, BinaryIO, NoReturn

import torch

from autograder.worker import codec, wire
from autograder.worker.alike import Alike
from autograder.worker.case import Case, Observation
from autograder.worker.observe import MAX_MESSAGE, describe_exception, observe
from autograder.worker.own_functions import install
from autograder.worker.program import Json
from autograder.worker.record import Recorder
from autograder.worker.replay import Diverged, Replay
from autograder.worker.settings import settings_kept

_MODULE = "submission"
NEEDED_BY_SOME = ("sympy", "torch.fx.experimental.symbolic_shapes")
"""What torch imports for a few operations, such as the second gradient of abs: half a second, which not every worker
has waited for."""
_KNOWN: list[Sequence[Case]] = []  # blocks of cases that the grader asks every worker about, by number
_FAILED_IMPORT = frozenset({"ImportError", "OSError"})


class Servant:
    """Answers about one submission's file, or, in a process that loads none, about programs.

    Where another process might answer otherwise, this one says that it is ``unfit``, unless the request takes it to be
    ``fit`` all the same.
    """

    def __init__(self) -> None:
        self._function: Callable[..., object] | None = None
        self._recorder: Recorder | None = None
        self._alike = Alike()
        self._begun = time.process_time()  # of a process that may have done something else before
        self._kept: list[Sequence[Case]] = []  # blocks of cases that this process is asked about again

    def answer(self, header: Mapping[str, Any], raw: bytes) -> tuple[dict[str, Any], bytes]:
        """The answer to one request; ``id`` is echoed."""
        operations = {"load": self._load, "record": self._record, "replay": self._replay, "print": self._print}
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reply, data = operations[header["op"]](header, raw)
        return {"id": header["id"], **reply}, data

    def _load(self, header: Mapping[str, Any], raw: bytes) -> tuple[dict[str, Any], bytes]:
        filename = f"<submission>/{header['file']}"
        source = raw.decode()
        # The traceback of a learner's exception shows their lines only if linecache has them.
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        module = types.ModuleType(_MODULE)
        sys.modules[module.__name__] = module  # where dataclasses and typing look names up
        install()
        self._recorder, self._alike = Recorder(filename), Alike()
        try:
            with settings_kept(), self._recorder.importing():
                exec(compile(source, filename, "exec", dont_inherit=True), module.__dict__)  # noqa: S102  # the point
                self._function = _callable(module.__dict__, header["symbol"], header["kind"])
        except Exception as error:
            seen = Observation(type="", raised=describe_exception(error, "import", filename))
            return {"loaded": False, **codec.encode_observations([seen], 0)[0]}, b""
        return {"loaded": True}, b""

    def _record(self, header: Mapping[str, Any], raw: bytes) -> tuple[dict[str, Any], bytes]:
        assert self._function is not None  # noqa: S101  # the grader loads before it asks
        assert self._recorder is not None  # noqa: S101
        texts: dict[str, int] = {}
        claims: list[Json] = []
        cases = []
        shown = self._cases(header, raw)
        called = set(header.get("called", ()))
        for index, (case, script) in enumerate(zip_longest(shown, header.get("scripts", ()))):
            lines = header.get("lines") is True
            known = None if lines or script is not None or index in called else self._alike.told(case)
            text, claimed = known or self._recorder.record(self._function, case, script or (), lines=lines)
            if known is None and script is None:
                self._alike.learn(case, self._recorder.tape.facts, (text, claimed))
            entry = claimed.entry()
            if entry not in claims:
                claims.append(entry)
            cases.append([texts.setdefault(text, len(texts)), claims.index(entry)])
        return {"cases": cases, "claims": claims}, "\n".join(texts).encode()

    def _print(self, header: Mapping[str, Any], raw: bytes) -> tuple[dict[str, Any], bytes]:
        """What the file's function prints where it is called as these cases say."""
        assert self._function is not None  # noqa: S101  # the grader loads before it asks
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            for case in codec.decode_cases(raw):
                observe(self._function, case)
        return {"printed": printed.getvalue()[:MAX_MESSAGE].encode("utf-8", "replace").decode()}, b""

    def _replay(self, header: Mapping[str, Any], raw: bytes) -> tuple[dict[str, Any], bytes]:
        torch.default_generator.manual_seed(header["seed"])  # torch.manual_seed also tells each kind of accelerator
        seen, diverged = [], []
        for index, (case, (program, claim)) in enumerate(zip(self._cases(header, raw), header["of"], strict=True)):
            replay = Replay(header["programs"][program])
            try:
                found = observe(replay, case)
            except Diverged:
                found = Observation(type="")
                replay.unexpected = True
            finally:
                replay.close()
            if replay.unexpected:
                diverged.append([index, replay.reads])
            claims = header["claims"][claim]
            module = claims["module"] if found.raised is None else None
            if claims["globals"] or module is not None:
                found = replace(found, globals_changed=tuple(claims["globals"]), module=module)
            seen.append(found)
        if header.get("fit") is not True and _lacked_a_module(seen):
            return {"unfit": True}, b""
        answer, data = codec.encode_observations(seen, header["room"])
        return {**answer, "diverged": diverged, "spent": time.process_time() - self._begun}, data

    def _cases(self, header: Mapping[str, Any], raw: bytes) -> Sequence[Case]:
        cases: Sequence[Case]
        if "known" in header:
            cases = _KNOWN[header["known"]]
            return cases
        if "kept" in header:
            cases = self._kept[header["kept"]]
            return cases
        cases = codec.decode_cases(raw)
        if header.get("keep") is True:
            self._kept.append(cases)
        return cases


def know(blocks: bytes) -> None:
    """Have read, in place of all before, the cases of these blocks; each has its size before it, in eight bytes."""
    _KNOWN.clear()
    start = 0
    while start < len(blocks):
        end = start + 8 + int.from_bytes(blocks[start : start + 8], "little")
        _KNOWN.append(codec.decode_cases(blocks[start + 8 : end]))
        start = end


def _lacked_a_module(seen: Sequence[Observation]) -> bool:
    """Whether something may have failed because this process may not open the files of what it has not imported."""
    if all(name in sys.modules for name in NEEDED_BY_SOME):
        return False
    return any(item.raised is not None and not _FAILED_IMPORT.isdisjoint(item.raised.bases) for item in seen)


def _callable(names: Mapping[str, object], symbol: str, kind: str) -> Callable[..., object]:
    if symbol not in names:
        raise NameError(f"the file defines no {symbol!r}; keep the name that the stub gives it")
    value = names[symbol]
    if kind == "module":
        if not (isinstance(value, type) and issubclass(value, torch.nn.Module)):
            raise TypeError(f"{symbol} is not a class derived from torch.nn.Module")
        return value()
    if not callable(value):
        raise TypeError(f"{symbol} is not a function")
    return value


def serve(requests: BinaryIO, answers: BinaryIO, greeting: Mapping[str, Any]) -> None:
    """Greet the grader, then answer until it closes its end."""
    servant = Servant()
    wire.send(answers, wire.pack({"ready": True, **greeting}))
    while True:
        try:
            header, raw = wire.receive(requests, max_header=wire.MAX_REQUEST)
        except wire.PeerGone:
            return
        wire.send(answers, wire.pack(*servant.answer(header, raw)))


def serve_and_exit(requests: BinaryIO, answers: BinaryIO, greeting: Mapping[str, Any]) -> NoReturn:
    """The same, then end the process in a way that runs none of a learner's atexit hooks and waits for no thread."""
    status = wire.ENDED_BY_EXCEPTION  # KeyboardInterrupt, GeneratorExit, or a BaseException of the learner's own
    try:
        serve(requests, answers, greeting)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except wire.PeerGone:
        status = wire.ENDED_BY_SILENCE
    except Exception:
        status = wire.ENDED_BY_DAMAGE
    finally:
        os._exit(status & 0xFF)

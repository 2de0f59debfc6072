"""Answer the grader's requests inside the worker: load a file, then observe cases."""

from __future__ import annotations

import contextlib
import gc
import io
import linecache
import os
import sys
import types
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO, NoReturn

import torch

from autograder.worker import codec, wire
from autograder.worker.case import Case, Observation
from autograder.worker.observe import describe_exception, observe
from autograder.worker.settings import settings_kept
from autograder.worker.traces import Surroundings

_MODULE = "submission"
NEEDED_BY_SOME = ("sympy", "torch.fx.experimental.symbolic_shapes")
"""What torch imports for a few operations, such as the second gradient of abs: half a second, which not every worker
has waited for."""
_KNOWN: list[Sequence[Case]] = []  # blocks of cases that the grader asks every worker about, by number
_FAILED_IMPORT = frozenset({"ImportError", "OSError"})


class Servant:
    """A submission's files, one after the other, and what the grader asks of each.

    Where another process might answer otherwise, this one says that it is ``unfit``, unless the request takes it to be
    ``fit`` all the same.
    """

    def __init__(self) -> None:
        self._function: Callable[..., object] | None = None
        self._filename = ""
        self._surroundings = Surroundings()

    def answer(self, header: Mapping[str, Any], raw: bytes) -> tuple[dict[str, Any], bytes]:
        """The answer to one request; ``id`` is echoed."""
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reply, data = self._load(header, raw) if header["op"] == "load" else self._observe(header, raw)
        return {"id": header["id"], **reply}, data

    def _load(self, header: Mapping[str, Any], raw: bytes) -> tuple[dict[str, Any], bytes]:
        if self._filename and not self._is_as_new() and header.get("fit") is not True:
            return {"unfit": True}, b""
        self._filename = f"<submission>/{header['file']}"
        source = raw.decode()
        # The traceback of a learner's exception shows their lines only if linecache has them.
        linecache.cache[self._filename] = (
            len(source),
            None,
            source.splitlines(keepends=True),
            self._filename,
        )
        module = types.ModuleType(_MODULE)
        sys.modules[module.__name__] = module  # where dataclasses and typing look names up
        try:
            with settings_kept():
                exec(compile(source, self._filename, "exec", dont_inherit=True), module.__dict__)  # noqa: S102  # the point
                self._function = _callable(module.__dict__, header["symbol"], header["kind"])
        except Exception as error:
            seen = Observation(type="", raised=describe_exception(error, "import", self._filename))
            return {"loaded": False, **codec.encode_observations([seen], 0)[0]}, b""
        return {"loaded": True}, b""

    def _is_as_new(self) -> bool:
        """Let go of the file before, and see whether it has left nothing behind."""
        linecache.cache.pop(self._filename, None)
        sys.modules.pop(_MODULE, None)
        self._function = None
        gc.collect()  # a module and its functions hold one another, and all that they have kept
        return self._surroundings.unchanged()

    def _observe(self, header: Mapping[str, Any], raw: bytes) -> tuple[dict[str, Any], bytes]:
        assert self._function is not None  # noqa: S101  # the grader loads before it asks
        cases = _KNOWN[header["known"]] if "known" in header else codec.decode_cases(raw)
        seen = [observe(self._function, case, self._filename) for case in cases]
        if header.get("fit") is not True and _lacked_a_module(seen):
            return {"unfit": True}, b""
        return codec.encode_observations(seen, header["room"])


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
            header, raw = wire.receive(requests)
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

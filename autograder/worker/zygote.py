"""A small process that has torch imported and forks a worker for each learner; it never runs learners' code itself.

``python -P -m autograder.worker.zygote DESCRIPTOR`` with a scrubbed environment; the descriptor is one end of a socket
of packets. Nearly every packet asks for a worker: JSON limits, and two descriptors. The first is the new worker's
connection; on the second the zygote tells the worker's number, with a pidfd to kill it by, and when it has ended, how.
Another kind has a file with cases that all workers will be asked about, which are read here once.

Not ``multiprocessing``'s fork server: its children hold the parent's authentication key and can reach a socket whose
messages are unpickled.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before torch: a child of a process with a pool of threads hangs in its first op

import contextlib
import functools
import gc
import importlib
import json
import selectors
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import torch

from autograder.worker import layers, pages, serve
from autograder.worker.accelerator import AcceleratorUnavailable, register
from autograder.worker.rehearsal import rehearse
from autograder.worker.uncompiled import never_ask_the_compiler, never_tell_the_compiler

_MANY = 10  # workers, after which this is a class, which earns back what `pages.collapse` costs: half a second
_PREPARED_FROM = 3  # the worker that this is done for: who checks one exercise needs two, and does not wait for it
_GARBAGE = 20_000  # new objects, until a worker's collector looks for cycles: a few times an exercise, not 30 times
_CONNECTION = 3  # the worker's only descriptor besides 0 to 2
# What Python and torch import only when it is needed first. A worker cannot: it may not open files.
_IMPORTED_LATE = (
    "torch.utils._device",
    "encodings.idna",
    "unicodedata",
    "stringprep",
)


def main() -> None:
    """Prepare everything that children share, then fork until the grader closes its end."""
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a grader that is interrupted closes the control socket
    with _passing_folder():
        _warm_up()
    layers.prepare()
    null = os.open(os.devnull, os.O_RDWR)
    gc.freeze()  # else every child's first collection copies the pages of all objects
    gc.set_threshold(_GARBAGE)
    control.send(json.dumps({"threads": len(list(Path("/proc/self/task").iterdir()))}).encode())
    os.dup2(null, 2)  # until here, the grader reads there why a zygote cannot start
    Zygote(control, null).run()


@contextlib.contextmanager
def _passing_folder() -> Iterator[None]:
    """Work in a folder of our own, for what the imports ask or leave there, then in one without a name.

    It is empty for ever, nobody needs to remove it, and no message can tell where it was.
    """
    folder = tempfile.mkdtemp(prefix="autograder-")
    os.chdir(folder)
    os.environ["TMPDIR"] = folder
    tempfile.tempdir = None
    try:
        yield
    finally:
        shutil.rmtree(folder)
        del os.environ["TMPDIR"]
        tempfile.tempdir = None


def _warm_up() -> None:
    """Have imported and initialised all that a worker's first call would; backward before the device is registered.

    The other way round, autograd starts a thread for the device, and then refuses to work in every child.
    """
    torch.set_num_threads(1)
    never_tell_the_compiler()
    for name in _IMPORTED_LATE:
        importlib.import_module(name)
    rehearse(accelerator=False)
    with contextlib.suppress(AcceleratorUnavailable):  # device cases are then undecided, and say so
        register()
        rehearse(accelerator=True)


def _prepare_for_more() -> None:
    """Have done too what only few answers need, and what only many workers earn back: half a second each.

    The first worker does without, since who checks one exercise waits for it; `worker.serve` says where it could not.
    """
    for name in serve.NEEDED_BY_SOME:
        importlib.import_module(name)
    never_ask_the_compiler()
    try:
        register()  # as it is already, or cannot be
    except AcceleratorUnavailable:
        rehearse(accelerator=False, thoroughly=True)
    else:
        rehearse(accelerator=True, thoroughly=True)
    gc.collect()
    gc.freeze()


class Zygote:
    """Forks workers and tells how they ended."""

    def __init__(self, control: socket.socket, null: int) -> None:
        self._control = control
        self._null = null
        self._forked = 0
        self._lines: dict[int, socket.socket] = {}  # a worker's number, and where its end is told
        self._selector = selectors.PollSelector()
        self._selector.register(control, selectors.EVENT_READ, self._serve_request)

    def run(self) -> NoReturn:
        """Serve until the grader is gone, then end every worker."""
        while True:
            for key, _ in self._selector.select():
                key.data()

    def _serve_request(self) -> None:
        message, descriptors, _, _ = socket.recv_fds(self._control, 1 << 12, 2)
        if not message:
            for pid in self._lines:
                os.kill(pid, signal.SIGKILL)
            os._exit(0)
        request = json.loads(message)
        if "cases" in request:
            with os.fdopen(descriptors[0], "rb") as file:
                file.seek(0)
                serve.know(file.read())
            return
        connection, line = descriptors[0], socket.socket(fileno=descriptors[1])
        self._fork(request, connection, line)

    def _fork(self, request: dict[str, Any], connection: int, line: socket.socket) -> None:
        self._forked += 1
        if self._forked == _PREPARED_FROM:
            with _passing_folder():
                _prepare_for_more()
        if self._forked == _MANY:
            pages.collapse()
        try:
            pid = os.fork()
        except OSError as error:
            with contextlib.suppress(OSError):
                line.send(json.dumps({"refused": str(error)}).encode())
            line.close()
        else:
            if pid == 0:
                _become_worker(connection, self._null, request)
            self._watch(pid, line)
        os.close(connection)

    def _watch(self, pid: int, line: socket.socket) -> None:
        handle = os.pidfd_open(pid)
        self._lines[pid] = line
        self._selector.register(handle, selectors.EVENT_READ, functools.partial(self._tell_end, handle, pid))
        self._selector.register(line, selectors.EVENT_READ, functools.partial(self._end, pid))
        with contextlib.suppress(OSError):  # the grader has let go of the worker already
            socket.send_fds(line, [json.dumps({"pid": pid}).encode()], [handle])

    def _end(self, pid: int) -> None:
        """Kill a worker that the grader cannot end, or has let go of; until it is reaped its number is its own."""
        if pid in self._lines:
            self._selector.unregister(self._lines[pid])
            os.kill(pid, signal.SIGKILL)

    def _tell_end(self, handle: int, pid: int) -> None:
        _, status, used = os.wait4(pid, 0)
        self._selector.unregister(handle)
        os.close(handle)
        line = self._lines.pop(pid)
        if line in self._selector.get_map():
            self._selector.unregister(line)
        code = os.waitstatus_to_exitcode(status)
        ended = {"code": code, "cpu_seconds": used.ru_utime + used.ru_stime, "memory_kb": used.ru_maxrss}
        with line, contextlib.suppress(OSError):
            line.send(json.dumps(ended).encode())


def _become_worker(connection: int, null: int, request: dict[str, Any]) -> NoReturn:
    """In the child: nothing inherited but the connection, the layers on, then serve."""
    zygote = os.getppid()
    try:
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        os.dup2(connection, _CONNECTION)
        os.closerange(_CONNECTION + 1, os.sysconf("SC_OPEN_MAX"))
        # Opened before the layers: a stream asks for the kind of its descriptor, which seccomp would refuse.
        requests = open(_CONNECTION, "rb", closefd=False)  # noqa: SIM115
        answers = open(_CONNECTION, "wb", closefd=False)  # noqa: SIM115
        limits = layers.Limits(request["memory_mb"], request["cpu_seconds"], zygote)
        applied = layers.apply(limits, request["layers"])
        serve.serve_and_exit(requests, answers, {"layers": applied})
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()

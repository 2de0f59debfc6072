"""Notice that something was saved, however the editor does it; what it was is for the listener to find out."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

_QUIET_MS = 50  # a save is over when nothing more happens for so long: a rename, several quick saves
_PATIENCE_MS = 500  # but a file that is written without end does not keep us waiting
_LOOK_SECONDS = 2.0  # where a file system tells nothing, and where the folder itself was replaced


@contextlib.contextmanager
def saves(folder: Path, touched: Callable[[], None]) -> Iterator[None]:
    """Call ``touched``, from a thread, after something below a folder may have changed, and every few seconds."""
    stop = threading.Event()
    thread = threading.Thread(target=_follow, args=(folder, touched, stop), name="saves")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _follow(folder: Path, touched: Callable[[], None], stop: threading.Event) -> None:
    from watchfiles import watch

    # An error: the system's watches are used up, or the folder is away just now. Looking now and then does without.
    with contextlib.suppress(OSError, RuntimeError):
        changes = watch(
            folder,
            watch_filter=None,  # the default one is deaf in any folder below one named .venv or node_modules
            debounce=_PATIENCE_MS,
            step=_QUIET_MS,
            stop_event=stop,
            rust_timeout=round(_LOOK_SECONDS * 1000),
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=True,
        )
        for _change in changes:
            touched()
    while not stop.wait(_LOOK_SECONDS):
        touched()

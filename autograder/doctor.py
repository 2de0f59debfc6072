"""What this machine can do for the kit, in lines for `autograder doctor`."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from autograder import __version__
from autograder.result import SandboxInfo

_REMEDIES = {
    "seccomp": "install the system's libseccomp (Debian: libseccomp2) and `pip install pyseccomp`",
    "landlock": "a kernel of 5.13 or later with Landlock switched on (lsm=…,landlock on its command line)",
}
_PACKAGES = ("torch", "hypothesis", "nbgrader", "pytest")
_LEVELS = {
    "full": "code of strangers can be graded on this machine",
    "partial": "a submission could learn things of this machine; grade strangers' code elsewhere",
    "none": "a submission could spoil this machine or other results; grade strangers' code elsewhere",
}


def report(info: SandboxInfo) -> Iterator[str]:
    """The lines, given what the sandbox found out about itself."""
    yield f"autograder {__version__}, Python {platform.python_version()} at {sys.executable}"
    yield f"{platform.system()} {platform.release()} on {platform.machine()}"
    for package in _PACKAGES:
        yield f"  {package} {_version(package)}"
    yield f"sandbox: {info.level} ({_LEVELS[info.level]})"
    width = max(map(len, info.layers))
    for name, outcome in info.layers.items():
        yield f"  {name:{width}}  {outcome}"
        if outcome.startswith("missing") and name in _REMEDIES:
            yield f"  {'':{width}}  needs {_REMEDIES[name]}"
    if sys.platform != "linux":
        yield "  The layers are Linux's: use WSL 2 on Windows, a Linux container or machine elsewhere."


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "is not installed"

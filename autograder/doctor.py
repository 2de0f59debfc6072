"""What this machine can do for the kit, in lines for `autograder doctor`."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from autograder import __version__
from autograder.language import N_, _
from autograder.result import SandboxInfo

_REMEDIES = {
    "seccomp": N_("install the system's libseccomp (Debian: libseccomp2) and `pip install pyseccomp`"),
    "landlock": N_("a kernel of 5.13 or later with Landlock switched on (lsm=…,landlock on its command line)"),
}
_PACKAGES = ("torch", "hypothesis", "nbgrader", "pytest")
_LEVELS = {
    "full": N_("code of strangers can be graded on this machine"),
    "partial": N_("a submission could learn things of this machine; grade strangers' code elsewhere"),
    "none": N_("a submission could spoil this machine or other results; grade strangers' code elsewhere"),
}


def report(info: SandboxInfo) -> Iterator[str]:
    """The lines, given what the sandbox found out about itself."""
    head = _("autograder {version}, Python {python} at {path}")
    yield head.format(version=__version__, python=platform.python_version(), path=sys.executable)
    yield _("{system} {release} on {machine}").format(
        system=platform.system(), release=platform.release(), machine=platform.machine()
    )
    for package in _PACKAGES:
        yield f"  {package} {_version(package)}"
    yield _("sandbox: {level} ({meaning})").format(level=info.level, meaning=_(_LEVELS[info.level]))
    width = max(map(len, info.layers))
    for name, outcome in info.layers.items():
        yield f"  {name:{width}}  {outcome}"
        if outcome.startswith("missing") and name in _REMEDIES:
            yield f"  {'':{width}}  " + _("needs {remedy}").format(remedy=_(_REMEDIES[name]))
    if sys.platform != "linux":
        yield _("  The layers are Linux's: use WSL 2 on Windows, a Linux container or machine elsewhere.")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return _("is not installed")

"""Gradescope: the zip that an instructor uploads, and what its run_autograder runs in the container."""

from __future__ import annotations

import shlex
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograder.course import FILE_NAME, Course, load_course
from autograder.disk import write_atomically
from autograder.errors import OutputError, UsageError
from autograder.frontends.grading import UNDER_WAY, Graded, grade_folder, never_silent
from autograder.language import _
from autograder.reporters import gradescope
from autograder.reporters.feedback import Feedback

PACKAGE = Path(__file__).parent.parent
SCRIPTS = PACKAGE / "data" / "gradescope"
_KIT = "torch-autograder"
_NOT_THERE = {"jupytext", "nbgrader", "pytest"}  # other hosts, which Gradescope's container can do without
# Built for one kind of torch: which of them are needed is for pip to say, when it has chosen a torch there.
_WITH_TORCH = ("nvidia-", "cuda-", "triton")
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the same zip whenever it is built


def grade(
    root: Path, *, exercises: Sequence[str] = (), seed: int | None = None, feedback: Feedback = Feedback.FULL
) -> Graded:
    """Grade what Gradescope has put under ``root`` and write results/results.json there, whatever happens."""
    results = root / "results" / "results.json"
    results.parent.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    with never_silent(lambda reason: write_atomically(results, [gradescope.unfinished(reason)])):
        course = load_course(root / "source" / FILE_NAME)
        chosen = course.select(exercises)
        graded = grade_folder(course, root / "submission", exercises=chosen, seed=seed, feedback=feedback)
        text = gradescope.render(graded.told, course.gradescope.of, time.perf_counter() - start)
        write_atomically(results, [text])
    return graded


def export(
    course: Course, out: Path, *, options: Mapping[str, Sequence[str]], torch_index: str | None = None
) -> list[str]:
    """Write the zip; returns the names of what is in it.

    Args:
        course: what is graded there. Of its folder nothing but course.yaml goes along: learners' code runs beside it.
        out: the zip.
        options: of the grading, by option: ``{"--exercise": ["relu"]}``.
        torch_index: an index for pip to look for packages in besides its own, such as one of torch without CUDA.

    """
    words = [word for name, values in options.items() for value in values for word in (name, value)]
    index = ["--extra-index-url", torch_index] if torch_index else []
    files = {
        "setup.sh": _filled(SCRIPTS / "setup.sh", "index", index),
        "run_autograder": _filled(SCRIPTS / "run_autograder", "options", words),
        "requirements.txt": "".join(f"{line}\n" for line in pinned()).encode(),
        "unfinished.json": gradescope.unfinished(_(UNDER_WAY)).encode(),
        FILE_NAME: course.path.read_bytes(),
        **{f"kit/autograder/{name}": data for name, data in _kit()},
    }
    try:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(_info(name), data)
    except OSError as error:
        fact = _("--out={path} cannot be written: {error}; choose another place")
        raise OutputError(fact.format(path=out, error=error.strerror)) from None
    return list(files)


def pinned() -> list[str]:
    """What grading needs, in the versions that are installed here: what was tried here is what runs there."""
    found: dict[str, str] = {}
    waiting = [name for name in _needs(_distribution(_KIT)) if name not in _NOT_THERE]
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found or name.startswith(_WITH_TORCH):
            continue
        distribution = _distribution(name)
        found[name] = distribution.version.split("+")[0]  # "+cpu" names a build that no other index may have
        waiting += _needs(distribution)
    return [f"{name}=={version}" for name, version in sorted(found.items())]


def _distribution(name: str) -> metadata.Distribution:
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        fact = _("package={name} is not installed, so it cannot be pinned; install the kit anew")
        raise UsageError(fact.format(name=name)) from None


def _needs(distribution: metadata.Distribution) -> Iterator[str]:
    for text in distribution.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement.name


def _kit() -> Iterator[tuple[str, bytes]]:
    """The package as it lies here, so that a checkout needs no build."""
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
            yield path.relative_to(PACKAGE).as_posix(), path.read_bytes()


def _filled(script: Path, name: str, words: Sequence[str]) -> bytes:
    """A script with its empty array of that name filled."""
    text, empty = script.read_text(encoding="utf-8"), f"\n{name}=()\n"
    before, after = text.split(empty)
    return f"{before}\n{name}=({shlex.join(words)})\n{after}".encode()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EARLIEST)
    info.compress_type = zipfile.ZIP_DEFLATED
    runs = name in {"setup.sh", "run_autograder"}
    info.external_attr = (0o755 if runs else 0o644) << 16
    return info

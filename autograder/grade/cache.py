"""Drawn cases and what the references do on them, kept on disk: they cost seconds of processor time, and no submission.

A file an exercise in the user's cache folder, named by a hash of all that it depends on: the kit's own code, versions,
processor, seed, budget and exercise. It holds JSON and numbers behind a checksum; a file that is damaged is drawn anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from autograder.course import Budget, Exercise
from autograder.kit import Installation
from autograder.oracle import Expected, instructions
from autograder.strategies.probe import Probe
from autograder.worker import codec
from autograder.worker.case import Case
from autograder.worker.wire import MAX_RAW

_FOLDER = "AUTOGRADER_CACHE"  # in the environment: another folder, or nothing at all for none
_KEPT = 64  # files; more than the exercises of a few courses and seeds
_DIGEST = hashlib.sha256().digest_size

Drawn = Mapping[str, tuple[tuple[Probe, ...], tuple[tuple[Expected, ...], ...]]]
"""Probes of families by name, and what is expected of each probe's cases."""


class PlanCache:
    """Keeps what was drawn, in a folder that nobody but the user writes to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def of_user(cls) -> PlanCache | None:
        """In the folder that the system has for such files; None where the user wants none."""
        chosen = os.environ.get(_FOLDER)
        if chosen is None:
            return cls(user_cache_path("autograder"))
        return cls(Path(chosen)) if chosen else None

    def find(self, exercise: Exercise, budget: Budget, seed: int, names: Sequence[str]) -> Drawn | None:
        """What was drawn for these families, if it is here and undamaged."""
        try:
            data = self._path(exercise, budget, seed, names).read_bytes()
        except OSError:
            return None
        body = data[_DIGEST:]
        return _read(body) if hashlib.sha256(body).digest() == data[:_DIGEST] else None

    def keep(self, exercise: Exercise, budget: Budget, seed: int, names: Sequence[str], drawn: Drawn) -> None:
        """Write it for the next run; where it cannot be written, the next run draws again, and nobody minds."""
        path = self._path(exercise, budget, seed, names)
        body = _written(drawn)
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as part:
                part.write(hashlib.sha256(body).digest() + body)
            Path(part.name).replace(path)
            for old in sorted(self._folder.iterdir(), key=lambda file: file.stat().st_mtime)[:-_KEPT]:
                old.unlink()

    def _path(self, exercise: Exercise, budget: Budget, seed: int, names: Sequence[str]) -> Path:
        key = {
            "installation": Installation.here().model_dump(),
            # The last bits of a reference depend on which kernels the processor can run.
            "processor": [platform.machine(), instructions()],
            "seed": seed,
            "budget": budget.model_dump(mode="json"),
            "exercise": exercise.model_dump(mode="json"),
            "families": list(names),
        }
        return self._folder / hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()


# The body of a file: the length of its JSON, the JSON, then the three blocks of bytes whose lengths that tells --------


def _written(drawn: Drawn) -> bytes:
    probes = [probe for found, _ in drawn.values() for probe in found]
    expected = [item for _, found in drawn.values() for items in found for item in items]
    inputs = codec.encode_cases([case for probe in probes for case in _all_cases(probe)])
    seen, outputs = codec.encode_observations([item.observation for item in expected], MAX_RAW)
    packer = codec.Packer()
    scales = [
        {
            "tolerance": item.tolerance,
            "scale": packer.add(item.scale),
            "gradients": [packer.add(scale) for scale in item.gradient_scales],
            "second": [packer.add(scale) for scale in item.second_scales],
        }
        for item in expected
    ]
    blocks = [inputs, outputs, packer.raw()]
    header = {
        "families": {name: [_tree(probe) for probe in found] for name, (found, _) in drawn.items()},
        "observations": seen,
        "scales": scales,
        "blocks": [len(block) for block in blocks],
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    return b"".join([len(text).to_bytes(8, "little"), text, *blocks])


def _read(body: bytes) -> Drawn:
    start = 8 + int.from_bytes(body[:8], "little")
    header = json.loads(body[8:start])
    blocks = []
    for size in header["blocks"]:
        blocks.append(body[start : start + size])
        start += size
    inputs, outputs, numbers = blocks[0], blocks[1], codec.Unpacker(blocks[2])
    cases = iter(codec.decode_cases(inputs))
    seen = codec.decode_observations(header["observations"], outputs, len(header["scales"]))
    expected = iter(
        [
            Expected(
                observation,
                numbers.take(entry["scale"]),
                tuple(numbers.take(scale) for scale in entry["gradients"]),
                tuple(numbers.take(scale) for scale in entry["second"]),
                entry["tolerance"],
            )
            for observation, entry in zip(seen, header["scales"], strict=True)
        ]
    )
    drawn: dict[str, tuple[tuple[Probe, ...], tuple[tuple[Expected, ...], ...]]] = {}
    for name, trees in header["families"].items():
        probes = tuple(_probe(tree, cases) for tree in trees)
        drawn[name] = probes, tuple(tuple(next(expected) for _ in probe.cases) for probe in probes)
    return drawn


def _tree(probe: Probe) -> dict[str, Any]:
    parts = [_tree(part) for part in probe.parts]
    return {"cases": len(probe.cases), "label": probe.label, "origin": probe.origin, "parts": parts}


def _all_cases(probe: Probe) -> list[Case]:
    return [*probe.cases, *(case for part in probe.parts for case in _all_cases(part))]


def _probe(tree: dict[str, Any], cases: Iterable[Case]) -> Probe:
    following = iter(cases)
    own = tuple(next(following) for _ in range(tree["cases"]))
    return Probe(own, tree["label"], tree["origin"], tuple(_probe(part, following) for part in tree["parts"]))

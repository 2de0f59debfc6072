"""Zips: read like folders, never unpacked to disk, and never trusted in what they say of themselves."""

import random
import struct
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import pytest

from autograder.course import load_course
from autograder.errors import SubmissionError
from autograder.submission import Submission, find_submissions
from autograder.submission.archive import list_archive

COURSE = load_course(Path(__file__).parent.parent / "course.yaml")
RELU = "def relu(x):\n    return x * (x > 0)\n"
OTHER = "def relu(x):\n    return x.clamp(min=0)\n"


def packed(members: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def only(folder: Path) -> Submission:
    (submission,) = find_submissions(folder, COURSE).values()
    return submission


def hand_in(folder: Path, data: bytes, name: str = "alice.zip") -> Submission:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return only(folder)


class TestContents:
    @pytest.mark.parametrize("name", ["alice.zip", "alice.ZIP", "alice/work.zip", "alice/activations/relu.zip"])
    @pytest.mark.parametrize(
        "member", ["activations/relu.py", "relu.py", "./relu.py", "hw/alice/relu.py", "activations\\relu.py"]
    )
    def test_is_found(self, tmp_path: Path, name: str, member: str) -> None:
        """Wherever zip and file may be; some packers on Windows write backslashes."""
        data = packed({member: RELU, "__MACOSX/._relu.py": b"\0", "hw/": "", ".DS_Store": b"\0"})
        submission = hand_in(tmp_path, data, name)
        source = submission.sources["relu"]
        assert (submission.learner, submission.notes, source.text) == ("alice", (), RELU)
        assert source.path == f"{name.removeprefix('alice/')}/{member}".replace("\\", "/")

    def test_is_one_learner_with_the_folder_of_that_name(self, tmp_path: Path) -> None:
        (tmp_path / "alice").mkdir()
        (tmp_path / "alice/relu.py").write_text(RELU)
        submission = hand_in(tmp_path, packed({"relu.py": RELU, "tanh.py": OTHER}))
        assert submission.sources.keys() == {"relu", "tanh"}
        assert submission.notes == ("alice and alice.zip are one learner's and were read together: keep one of them",)

    def test_and_a_folder_that_differs_are_a_problem(self, tmp_path: Path) -> None:
        (tmp_path / "alice").mkdir()
        (tmp_path / "alice/relu.py").write_text(RELU)
        submission = hand_in(tmp_path, packed({"relu.py": OTHER}))
        assert "by relu.py and alice.zip/relu.py, and not alike" in submission.problems["relu"]

    def test_a_broken_one_beside_good_files_is_a_note(self, tmp_path: Path) -> None:
        (tmp_path / "alice").mkdir()
        (tmp_path / "alice/relu.py").write_text(RELU)
        submission = hand_in(tmp_path, b"PK", "alice/work.zip")
        assert submission.sources.keys() == {"relu"}
        assert "work.zip is no zip that can be opened" in submission.notes[0]
        assert "work.zip is no zip that can be opened" in submission.problems["tanh"]


def _zip_of(edit: Callable[[zipfile.ZipInfo], None], content: bytes = RELU.encode()) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo("relu.py")
        info.compress_type = zipfile.ZIP_DEFLATED
        edit(info)
        archive.writestr(info, content)
    return data.getvalue()


def _link(info: zipfile.ZipInfo) -> None:
    info.external_attr = 0o120777 << 16


def _pipe(info: zipfile.ZipInfo) -> None:
    info.external_attr = 0o010666 << 16


def _locked() -> bytes:
    data = bytearray(packed({"relu.py": RELU}))
    data[6] |= 1  # the flags of the local header, and of the directory's entry
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def _liar() -> bytes:
    """Fifty MiB of blanks that claim to be ten bytes."""
    data = bytearray(packed({"relu.py": b" " * (50 << 20)}))
    for at in (22, data.index(b"PK\x01\x02") + 24):
        data[at : at + 4] = struct.pack("<I", 10)
    return bytes(data)


def _twice() -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("relu.py", RELU)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("relu.py", OTHER)
    return data.getvalue()


BAD_ZIPS: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "text": (lambda: b"this is no zip", "is no zip that can be opened"),
    "empty file": (lambda: b"", "is no zip that can be opened"),
    "truncated": (lambda: packed({"relu.py": RELU})[:-30], "is no zip that can be opened"),
    "too large": (lambda: bytes((20 << 20) + 1), "larger than 20 MiB"),
    "parent": (lambda: packed({"../relu.py": RELU}), "alice.zip/../relu.py names a place outside the zip"),
    "parent inside": (lambda: packed({"a/../../relu.py": RELU}), "names a place outside"),
    "absolute": (lambda: packed({"/tmp/relu.py": RELU}), "names a place outside"),
    "drive": (lambda: packed({"C:\\relu.py": RELU}), "names a place outside"),
    "link": (lambda: _zip_of(_link, b"/etc/passwd"), "relu.py is a link, not a file"),
    "pipe": (lambda: _zip_of(_pipe), "relu.py is something else, not a file"),
    "folder": (lambda: packed({"relu.py/": ""}), "is a folder, not a file"),
    "locked": (_locked, "locked with a password: pack it without one"),
    "lzma": (lambda: packed({"relu.py": RELU}, zipfile.ZIP_LZMA), "packed with an unusual method"),
    "bzip2": (lambda: packed({"relu.py": RELU}, zipfile.ZIP_BZIP2), "packed with an unusual method"),
    "bomb": (lambda: packed({"relu.py": b" " * (50 << 20)}), "larger than 128 KiB"),
    "liar": (_liar, "relu.py cannot be unpacked"),
    "twice": (_twice, "given 2 times, by alice.zip/relu.py and alice.zip/relu.py"),
    "binary": (lambda: packed({"relu.py": b"\0\1\2"}), "NUL bytes"),
    "zip in zip": (lambda: packed({"a.zip": packed({"relu.py": RELU})}), "alice.zip/a.zip was not read"),
    "deep": (lambda: packed({"d/" * 99 + "relu.py": RELU}), "10 folders deep"),
    "many": (lambda: packed({f"{n}.py": "" for n in range(10_001)}), "more than 10000 files"),
}


class TestBadZips:
    @pytest.mark.timeout(60)
    @pytest.mark.parametrize("kind", BAD_ZIPS)
    def test_is_a_problem_and_leaves_nothing_behind(self, tmp_path: Path, kind: str) -> None:
        make, words = BAD_ZIPS[kind]
        submission = hand_in(tmp_path / "class", make())
        assert submission.learner == "alice"
        assert submission.sources == {}
        assert words in submission.problems["relu"]
        assert [path.name for path in tmp_path.rglob("*")] == ["class", "alice.zip"]

    def test_a_bomb_is_not_unpacked_beyond_the_limit(self) -> None:
        (entry,) = list_archive(packed({"relu.py": b" " * (50 << 20)}), "alice.zip").entries
        tracemalloc.start()
        try:
            with pytest.raises(SubmissionError, match="larger than 256 KiB"):
                entry.read(1 << 18)
            assert tracemalloc.get_traced_memory()[1] < 4 << 20
        finally:
            tracemalloc.stop()

    def test_names_that_lead_out_spare_the_rest(self, tmp_path: Path) -> None:
        submission = hand_in(tmp_path, packed({"../tanh.py": RELU, "relu.py": RELU}))
        assert submission.sources.keys() == {"relu"}
        assert submission.problems["tanh"].endswith("pack the folder itself again")

    @pytest.mark.parametrize("name", ["alice.rar", "alice.tar.gz", "alice.7z", "alice/work.tgz"])
    def test_another_archive_is_a_learner_with_a_remedy(self, tmp_path: Path, name: str) -> None:
        submission = hand_in(tmp_path, b"Rar!", name)
        assert submission.learner == "alice"
        assert "hand in a plain zip" in submission.problems["relu"]

    def test_too_many_in_one_submission(self, tmp_path: Path) -> None:
        """Each within its limit, together a bomb."""
        for number in range(11):
            (tmp_path / "alice").mkdir(exist_ok=True)
            (tmp_path / f"alice/{number:02}.zip").write_bytes(packed({"notes.txt": ""}))
        assert "10.zip was not read: there are too many archives" in only(tmp_path).problems["relu"]

    def test_remarks_are_counted_not_repeated(self, tmp_path: Path) -> None:
        submission = hand_in(tmp_path, packed({f"../{number}.py": "" for number in range(500)}))
        assert len(submission.notes) == 4
        assert submission.notes[-1] == "and 497 more of the kind"

    @pytest.mark.timeout(60)
    def test_damaged_bytes_raise_nothing_else(self) -> None:
        """Bytes of a good zip flipped, cut out and doubled, its directory above all."""
        good = packed({"relu.py": RELU * 20, "hw/é.py": OTHER})
        dice = random.Random(0)
        outcomes: Counter[str] = Counter()
        for _ in range(4000):
            data = bytearray(good)
            for _ in range(dice.randint(1, 4)):
                at = dice.choice([dice.randrange(len(data)), max(0, len(data) - 1 - dice.randrange(160))])
                new = [dice.randbytes(1), dice.randbytes(4), b"\xff" * 4, b"\xff\xff\xff\x7f"]
                data[at : at + dice.choice([0, 1, 4])] = dice.choice(new)
            try:
                texts = [entry.read(1 << 18) for entry in list_archive(bytes(data), "alice.zip").entries]
            except SubmissionError:
                outcomes["refused"] += 1
            else:
                assert set(texts) <= {(RELU * 20).encode(), OTHER.encode()}
                outcomes["read"] += 1
        assert min(outcomes["refused"], outcomes["read"]) > 20

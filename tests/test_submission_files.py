"""A submission's files read safely and turned into text. Every bad input is a real one on disk."""

import os
import shutil
import socket
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder.course import load_course
from autograder.errors import SubmissionError, UsageError
from autograder.submission import Submission, files, find_submissions
from autograder.submission.source import decode_source

COURSE = load_course(Path(__file__).parent.parent / "course.yaml")
RELU = "def relu(x):\n    return x * (x > 0)\n"
SIGMOID = "import torch\n\n\ndef sigmoid(x):\n    return 1 / (1 + torch.exp(-x))\n"


def put(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def only(folder: Path) -> Submission:
    (submission,) = find_submissions(folder, COURSE).values()
    return submission


NOBODY = 65534


@contextmanager
def unprivileged(folder: Path) -> Iterator[None]:
    """Read as nobody where the tests run as root, whom no permission stops."""
    if not hasattr(os, "geteuid"):
        pytest.skip("permissions are another matter here")
    if os.geteuid() != 0:
        yield
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that nobody can reach too; pytest's own tmp_path lies below a private one."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(folder)


def _binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)))


def _huge(path: Path) -> None:
    path.touch()
    os.truncate(path, 50 * 1024 * 1024)


def _link_out(path: Path) -> None:
    path.symlink_to(put(path.parents[2] / "secret.py", RELU))


def _link_to_another(path: Path) -> None:
    path.symlink_to("../../bob/activations/sigmoid.py")


def _link_to_nothing(path: Path) -> None:
    path.symlink_to("gone.py")


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _link_to_the_folder(path: Path) -> None:
    path.symlink_to("..")


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's path has to be short
    try:
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(path.name)
    finally:
        os.chdir(here)


def _endless_device(path: Path) -> None:
    try:
        os.mknod(path, 0o20666, os.makedev(1, 5))  # /dev/zero
    except PermissionError:
        pytest.skip("only root makes devices")


BAD_FILES: dict[Callable[[Path], None], str] = {
    _binary: "is not text in utf-8 (line 2, byte 0x80): save it as UTF-8",
    _huge: "larger than 128 KiB: hand in the code alone",
    _link_out: "leads out of the submission: put the file itself",
    _link_to_another: "leads out of the submission: put the file itself",
    _link_to_nothing: "cannot be read (No such file",
    _loop: "cannot be read (Too many levels of symbolic links)",
    _link_to_the_folder: "is a folder, not a file",
    Path.mkdir: "is a folder, not a file",
    _pipe: "is a pipe, not a file",
    _socket: "is a socket, not a file",
    _endless_device: "is a device, not a file",
}


class TestBadFiles:
    @pytest.mark.timeout(20)
    @pytest.mark.skipif(os.name != "posix", reason="these kinds of file are POSIX's")
    @pytest.mark.parametrize("make", BAD_FILES, ids=lambda make: make.__name__)
    def test_is_a_problem_of_that_exercise_alone(self, tmp_path: Path, make: Callable[[Path], None]) -> None:
        put(tmp_path / "alice/activations/relu.py", RELU)
        put(tmp_path / "bob/activations/sigmoid.py", SIGMOID)
        make(tmp_path / "alice/activations/sigmoid.py")
        alice, bob = find_submissions(tmp_path, COURSE).values()
        assert alice.sources.keys() == {"relu"}
        assert bob.sources.keys() == {"sigmoid"}
        assert alice.problems.keys() == {"sigmoid"}
        assert alice.problems["sigmoid"].startswith("activations/sigmoid.py ")
        assert BAD_FILES[make] in alice.problems["sigmoid"]

    def test_a_file_without_permission(self, open_folder: Path) -> None:
        put(open_folder / "class/alice/relu.py", RELU)
        put(open_folder / "class/alice/sigmoid.py", SIGMOID).chmod(0)
        with unprivileged(open_folder):
            alice = only(open_folder / "class")
        assert alice.sources.keys() == {"relu"}
        assert alice.problems == {
            "sigmoid": "sigmoid.py cannot be read (Permission denied): check its permissions and that it is whole"
        }

    @pytest.mark.parametrize("mode", [0o000, 0o444])
    def test_a_class_folder_without_permission(self, open_folder: Path, mode: int) -> None:
        """Also one that lists its names but lets nobody in."""
        put(open_folder / "class/alice/relu.py", RELU)
        (open_folder / "class").chmod(mode)
        with unprivileged(open_folder), pytest.raises(UsageError, match="cannot be opened"):
            find_submissions(open_folder / "class", COURSE)

    def test_a_folder_without_permission(self, open_folder: Path) -> None:
        put(open_folder / "class/alice/relu.py", RELU)
        put(open_folder / "class/bob/activations/relu.py", RELU)
        (open_folder / "class/alice").chmod(0)
        (open_folder / "class/bob/activations").chmod(0o444)
        with unprivileged(open_folder):
            alice, bob = find_submissions(open_folder / "class", COURSE).values()
        assert alice.notes == ("alice cannot be read (Permission denied): check its permissions and that it is whole",)
        assert alice.problems.keys() == {exercise.name for exercise in COURSE.exercises}
        assert bob.problems.keys() == {"relu"}

    def test_no_more_than_the_limit_is_read(self, tmp_path: Path) -> None:
        """Nor held in memory, of a file of 50 MB."""
        (tmp_path / "alice").mkdir()
        _huge(tmp_path / "alice/relu.py")
        tracemalloc.start()
        try:
            only(tmp_path)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 2 * 1024 * 1024

    @pytest.mark.parametrize("swapped", ["activations", "activations/relu.py"])
    def test_a_link_swapped_in_late(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swapped: str) -> None:
        """Between the look at a path and its opening, a folder or file becomes a link to a secret."""
        put(tmp_path / "secret/activations/relu.py", "SECRET = 1\n")
        put(tmp_path / "class/alice/activations/relu.py", RELU)
        look, alice = files._inside, tmp_path / "class/alice"

        def look_then_swap(root: Path, parts: tuple[str, ...]) -> tuple[str, ...]:
            seen = look(root, parts)
            if parts == ("activations", "relu.py"):
                (alice / swapped).rename(tmp_path / "aside")
                (alice / swapped).symlink_to(tmp_path / "secret" / swapped)
            return seen

        monkeypatch.setattr(files, "_inside", look_then_swap)
        submission = only(tmp_path / "class")
        assert submission.sources == {}
        assert "relu" in submission.problems

    def test_links_inside_are_followed(self, tmp_path: Path) -> None:
        """To a file, to a folder, and round in a circle."""
        alice = tmp_path / "alice"
        put(alice / "drafts/final.py", RELU)
        put(alice / "work/mse_loss.py", "def mse_loss(): ...\n")
        (alice / "relu.py").symlink_to("drafts/final.py")
        (alice / "losses").symlink_to("work")
        (alice / "work/round").symlink_to("..")
        submission = only(tmp_path)
        assert {name: source.path for name, source in submission.sources.items()} == {
            "relu": "relu.py",
            "mse_loss": "losses/mse_loss.py",
        }
        assert submission.notes == ("work/mse_loss.py was not read: losses/mse_loss.py was",)

    def test_a_folder_that_is_a_link_out(self, tmp_path: Path) -> None:
        put(tmp_path / "secret/relu.py", RELU)
        put(tmp_path / "class/alice/losses/mse_loss.py", "")
        (tmp_path / "class/alice/activations").symlink_to(tmp_path / "secret")
        submission = only(tmp_path / "class")
        assert submission.sources.keys() == {"mse_loss"}
        assert "activations is a link that leads out" in submission.problems["relu"]

    @pytest.mark.parametrize("name", ["mallory", "mal.lory", "mallory.zip", "mallory.ipynb"])
    def test_a_learner_that_is_a_link_to_another(self, tmp_path: Path, name: str) -> None:
        put(tmp_path / "alice/relu.py", RELU)
        (tmp_path / name).symlink_to("alice")
        alice, mallory = find_submissions(tmp_path, COURSE).values()
        assert alice.sources.keys() == {"relu"}
        assert (mallory.learner, mallory.sources) == (name.removesuffix(".zip").removesuffix(".ipynb"), {})
        assert "is a link, not followed" in mallory.problems["relu"]

    def test_very_deep_folders(self, tmp_path: Path) -> None:
        deep = tmp_path / "alice" / "/".join(["d"] * 300)
        put(deep / "relu.py", RELU)
        put(tmp_path / "alice/losses/mse_loss.py", "")
        submission = only(tmp_path)
        assert submission.sources.keys() == {"mse_loss"}
        assert "10 folders deep" in submission.problems["relu"]

    def test_thousands_of_files(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What lies near the top is read before the count is up."""
        monkeypatch.setattr(files, "MAX_ENTRIES", 1000)  # making ten thousand takes seconds
        put(tmp_path / "alice/activations/relu.py", RELU)
        (tmp_path / "alice/env").mkdir()
        for number in range(files.MAX_ENTRIES):
            (tmp_path / f"alice/env/{number}.py").touch()
        submission = only(tmp_path)
        assert submission.sources.keys() == {"relu"}
        assert "more than 1000 files" in submission.notes[0]
        assert "more than 1000 files" in submission.problems["sigmoid"]


class TestText:
    @pytest.mark.parametrize(
        "data",
        [
            "s = 'é'\n".encode(),
            b"\xef\xbb\xbfs = 'bom'\n",
            b"\xef\xbb\xbf# coding: utf-8\ns = '\xc3\xa9'\n",
            b"\xef\xbb\xbf# coding: latin-1\ns = 'both'\n",
            b"# coding: latin-1\ns = '\xe9'\n",
            b"#!/usr/bin/python\n# -*- coding: cp1252 -*-\ns = '\x80'\n",
            b"\n\n# coding: latin-1\ns = '\xe9'\n",
            b"s = '\xe9'\n",
            b"# coding: no-such-coding\ns = 1\n",
            b"# coding: rot13\nf = 1\n",
            b"# coding: ascii\ns = '\xc3\xa9'\n",
            b"# coding: shift_jis\ns = '\x83\x65'\n",
            b"s = 1\r\nt = 2\rs = '''a\r\nb'''\n",
            b"s = 'a\x0cb'\n\x0cs = 2\n",
            b"s = '\0'\n",
            "s = 1\n".encode("utf-16"),
            b"",
        ],
    )
    def test_decodes_as_python_does(self, data: bytes) -> None:
        """The same bytes are refused, and what is accepted means the same."""
        try:
            expected = _value(compile(data, "file", "exec"))
        except (SyntaxError, ValueError):
            with pytest.raises(SubmissionError, match=r"^relu\.py .*: save it"):
                decode_source(data, "relu.py")
        else:
            assert _value(compile(decode_source(data, "relu.py"), "file", "exec")) == expected

    @pytest.mark.timeout(20)
    @pytest.mark.parametrize("coding", ["punycode", "idna", "unicode_escape", "utf-7"])
    def test_codings_that_hide_code_are_refused(self, coding: str) -> None:
        with pytest.raises(SubmissionError, match=f"declares coding={coding}"):
            decode_source(f"# coding: {coding}\n".encode() + b"a" * 200_000, "relu.py")

    def test_line_ends_become_plain(self) -> None:
        assert decode_source(b"a\r\nb\rc\n\x0cd", "relu.py") == "a\nb\nc\n\x0cd"

    def test_utf_16_is_named(self) -> None:
        """What Windows calls Unicode."""
        with pytest.raises(SubmissionError, match=r"relu\.py is saved as UTF-16: save it as UTF-8"):
            decode_source(RELU.encode("utf-16"), "relu.py")

    def test_the_message_names_the_line(self) -> None:
        with pytest.raises(SubmissionError, match=r"not text in cp1252 \(line 3, byte 0x81\)"):
            decode_source(b"# coding: cp1252\n\n# \x81\n", "relu.py")


def _value(code: object) -> object:
    values: dict[str, object] = {}
    exec(code, values)  # type: ignore[arg-type]
    return values.get("s")

"""A class folder: every entry is a learner's or is named, and a folder that is no class is refused."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from autograder.course import load_course
from autograder.errors import UsageError
from autograder.reporters import console
from autograder.reporters import json as json_reporter
from autograder.result import NotGraded
from autograder.site.pages import class_page
from autograder.site.results import read
from autograder.site.summary import Counting
from autograder.submission import find_submissions
from tests.bank import ROOT
from tests.hosts import autograder, small_course
from tests.reports import BOOK
from tests.strays import ANSWERS, hand_in, notebook, packed, put

COURSE = load_course(ROOT / "course.yaml")
SIGMOID = ANSWERS["activations/sigmoid.py"]
PDF, CANVAS = "essay.pdf", "bob_1112_22224_sigmoid.py"
LEFT = (NotGraded(entry=PDF, reason="no work"), NotGraded(entry=CANVAS, reason="a file"))
BOOK_WITH_LEFT = BOOK.model_copy(update={"not_graded": LEFT})


class TestNotGraded:
    def test_every_entry_is_a_learners_or_is_named(self, tmp_path: Path) -> None:
        for learner in ("ann", "cy"):
            put(tmp_path / learner / "sigmoid.py", SIGMOID)
        put(tmp_path / "dora.zip", packed({"sigmoid.py": SIGMOID}))
        put(tmp_path / "eve.ipynb", notebook(SIGMOID))
        loose = {CANVAS, PDF, "README.md", "letter.docx", "grades.csv", "notes", "say.txt"}
        for name in loose:
            put(tmp_path / name, SIGMOID)
        for ignored in (".DS_Store", "desktop.ini", "Thumbs.db", "__MACOSX/ann/sigmoid.py"):
            put(tmp_path / ignored, "")
        found = find_submissions(tmp_path, COURSE)
        assert list(found) == ["ann", "cy", "dora", "eve"]
        reasons = {item.entry: item.reason for item in found.not_graded}
        assert reasons.keys() == loose
        assert "put it into a folder of the learner's name" in reasons[CANVAS]
        assert reasons["README.md"].startswith("neither a folder, a zip nor a notebook: put")

    def test_a_link_to_a_file_is_named(self, tmp_path: Path) -> None:
        put(tmp_path / "ann/sigmoid.py", SIGMOID)
        put(tmp_path / "README.md", "")
        (tmp_path / "LIESMICH.md").symlink_to("README.md")
        assert [item.entry for item in find_submissions(tmp_path, COURSE).not_graded] == ["LIESMICH.md", "README.md"]

    def test_the_table_names_them_by_reason(self) -> None:
        text = console.render(BOOK_WITH_LEFT)
        assert f"not graded: {PDF}\n  no work\nnot graded: {CANVAS}\n  a file\n" in text
        assert "not graded" not in console.render(BOOK)

    def test_results_json_has_them_and_reads_older_ones(self) -> None:
        text = json_reporter.render(BOOK_WITH_LEFT)
        assert json.loads(text)["not_graded"] == [{"entry": PDF, "reason": "no work"}, LEFT[1].model_dump()]
        assert json_reporter.parse(text).not_graded == LEFT
        older = json.loads(text)
        del older["not_graded"]
        assert json_reporter.parse(json.dumps(older)).not_graded == ()

    def test_the_class_page_names_them(self) -> None:
        book, _reports = read([json_reporter.render(BOOK_WITH_LEFT)])
        page = class_page(book, Counting().summary())
        assert PDF in page
        assert CANVAS in page
        assert "Not graded" not in class_page(BOOK, Counting().summary())

    def test_through_the_command(self, tmp_path: Path) -> None:
        small_course(tmp_path / "course")
        put(tmp_path / "class/ann/relu.py", ANSWERS["activations/relu.py"])
        put(tmp_path / "class" / CANVAS, SIGMOID)
        words = ("--course", tmp_path / "course", "--out", tmp_path / "out", "--allow-weak-sandbox")
        status, said = autograder("grade", tmp_path / "class", *words)
        assert status == 0
        assert CANVAS in said
        assert CANVAS in (tmp_path / "out/results.json").read_text(encoding="utf-8")
        assert autograder("report", tmp_path / "out")[0] == 0
        assert CANVAS in (tmp_path / "out/site/index.html").read_text(encoding="utf-8")


class TestOnePerson:
    @pytest.mark.parametrize("ending", ["", "_"])
    def test_moodles_two_folders_are_one_learner(self, tmp_path: Path, ending: str) -> None:
        person = "Ann Lee_1234"
        put(tmp_path / f"{person}_assignsubmission_file{ending}" / "sigmoid.py", SIGMOID)
        put(tmp_path / f"{person}_assignsubmission_onlinetext{ending}" / "onlinetext.html", "<p>Here it is.</p>")
        (submission,) = find_submissions(tmp_path, COURSE).values()
        assert submission.learner == person
        assert submission.sources["sigmoid"].text == SIGMOID
        told = f"{person}_assignsubmission_onlinetext{ending} is an online text, which is not graded"
        assert [note.partition(":")[0] for note in submission.notes] == [told]

    def test_who_wrote_an_online_text_only_is_listed(self, tmp_path: Path) -> None:
        put(tmp_path / "Ann Lee_1234_assignsubmission_onlinetext" / "onlinetext.html", SIGMOID)
        (submission,) = find_submissions(tmp_path, COURSE).values()
        assert (submission.learner, submission.sources) == ("Ann Lee_1234", {})
        assert len(submission.notes) == 1

    def test_two_spellings_of_a_name_are_one_learner(self, tmp_path: Path) -> None:
        put(tmp_path / unicodedata.normalize("NFC", "Zoë Çelik") / "sigmoid.py", SIGMOID)
        put(tmp_path / unicodedata.normalize("NFD", "Zoë Çelik") / "relu.py", ANSWERS["activations/relu.py"])
        assert len(list(tmp_path.iterdir())) == 2
        (submission,) = find_submissions(tmp_path, COURSE).values()
        assert submission.learner == unicodedata.normalize("NFC", "Zoë Çelik")
        assert submission.sources.keys() == {"sigmoid", "relu"}


class TestLevel:
    @pytest.mark.parametrize(
        ("around", "beside"),
        [
            ("", "scratch.py"),
            ("", "tests/x.py"),
            ("", "notes.ipynb"),
            ("", "old.zip"),
            ("", "old/activations/relu.py"),
            ("exercises/", "README.md"),
            ("exercises/", "solutions/activations/relu.pyc"),
        ],
    )
    def test_a_learners_own_folder_is_refused(self, tmp_path: Path, around: str, beside: str) -> None:
        hand_in(tmp_path / around)
        put(tmp_path / beside, packed({"x.txt": ""}))
        with pytest.raises(UsageError, match="so it is one learner's; name the folder around it"):
            find_submissions(tmp_path, COURSE)

    def test_a_learners_flat_folder_is_refused(self, tmp_path: Path) -> None:
        hand_in(tmp_path, {path.split("/")[1]: text for path, text in ANSWERS.items()})
        put(tmp_path / "images/x.png", "")
        with pytest.raises(UsageError, match=r"holds cross_entropy\.py, .* and 4 more, so it is one learner's"):
            find_submissions(tmp_path, COURSE)

    def test_a_learners_copy_of_the_kit_is_refused(self, tmp_path: Path) -> None:
        put(tmp_path / "course.yaml", "")
        for home in ("exercises", "solutions", "tests/sample_class/a", "tests/sample_class/b"):
            hand_in(tmp_path / home)
        with pytest.raises(UsageError, match="holds exercises, so it is one learner's"):
            find_submissions(tmp_path, COURSE)

    def test_a_folder_of_classes_is_refused(self, tmp_path: Path) -> None:
        for section, learner in (("one", "ann"), ("one", "bob"), ("two", "cy"), ("two", "dora")):
            hand_in(tmp_path / section / learner)
        put(tmp_path / "README.md", "")
        with pytest.raises(UsageError, match=r"holds one, and that the folders of several learners \(ann, bob\)"):
            find_submissions(tmp_path, COURSE)
        assert list(find_submissions(tmp_path / "one", COURSE)) == ["ann", "bob"]

    def test_a_class_packed_in_one_zip_is_refused(self, tmp_path: Path) -> None:
        members = {f"class/{learner}/{path}": text for learner in ("ann", "bob") for path, text in ANSWERS.items()}
        put(tmp_path / "class.zip", packed({name.removeprefix("class/"): text for name, text in members.items()}))
        with pytest.raises(UsageError, match=r"holds class, and that the folders of several learners \(ann, bob\)"):
            find_submissions(tmp_path, COURSE)

    def test_a_learner_with_an_older_state_is_no_class(self, tmp_path: Path) -> None:
        hand_in(tmp_path / "ann")
        hand_in(tmp_path / "ann/old")
        hand_in(tmp_path / "ann/older")
        assert list(find_submissions(tmp_path, COURSE)) == ["ann"]

    def test_a_units_folder_among_learners_is_named(self, tmp_path: Path) -> None:
        for learner in ("ann", "bob"):
            hand_in(tmp_path / learner)
        put(tmp_path / "activations/sigmoid.py", SIGMOID)
        found = find_submissions(tmp_path, COURSE)
        assert list(found) == ["ann", "bob"]
        assert [item.entry for item in found.not_graded] == ["activations"]

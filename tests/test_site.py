"""The site of a class: what is counted, how a page is written, and that a learner's text stays text."""

from __future__ import annotations

import base64
import hashlib
import json as plain_json
import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.frontends import pages as commands
from autograder.pictures.curve import Apart, Blank, Curve, Picture, Point
from autograder.reporters import json
from autograder.result import ExerciseResult, Gradebook, PropertyResult, Report, Verdict
from autograder.site import INDEX, Site
from autograder.site.build import LEARNERS, Illustrator
from autograder.site.pages import class_page, learner_page
from autograder.site.pictures import inline
from autograder.site.results import read
from autograder.site.summary import ClassSummary, Counting
from autograder.submission import Submission
from tests.bank import ROOT, course
from tests.hostile_html import HOSTILE, hostile, hostile_book
from tests.reports import BOOK, FAILING, checked, gradebook, graded, report

POINTS = (Point(-1.0, 0.25, 0.25, None), Point(0.0, 0.5, 0.75, Apart("0.75", "0.5", "differs")))
PICTURE = Picture("sigmoid", "torch.nn.Sigmoid", "sigmoid(x)", Curve(POINTS), Curve(POINTS))


def written(book: Gradebook, folder: Path, illustrator: Illustrator | None = None) -> Path:
    """The site of a gradebook."""
    folder.mkdir(exist_ok=True)
    (folder / "results.json").write_text(json.render(book), encoding="utf-8")
    assert Site(folder, folder / "site", illustrator).build() == len(book.submissions)
    return folder / "site"


def pages(site: Path) -> dict[str, str]:
    return {str(path.relative_to(site)): path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))}


def counted(*reports: Report) -> ClassSummary:
    counting = Counting()
    for item in reports:
        counting.add(item, f"learners/{item.learner}.html")
    return counting.summary()


class Elements(HTMLParser):
    """The elements and the text of a page, as a browser would find them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data


# Reading --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 7, 100, 1 << 20])
@pytest.mark.parametrize("change", [lambda text: text, lambda text: plain_json.dumps(plain_json.loads(text))])
def test_results_are_read_in_pieces_of_any_size(size: int, change: Callable[[str], str]) -> None:
    """Written by us, or rewritten without the line ends."""
    text = change(json.render(BOOK))
    book, reports = read(text[start : start + size] for start in range(0, len(text), size))
    assert book == BOOK.model_copy(update={"submissions": (), "timings": {}})
    assert list(reports) == sorted(BOOK.submissions, key=lambda item: item.learner)


def test_only_one_report_is_in_memory() -> None:
    """A piece is asked for when the reports before it have been handed out."""
    text = json.render(gradebook(*(report(f"s{number}", FAILING) for number in range(20))))
    asked = []

    def pieces() -> Iterator[str]:
        for start in range(0, len(text), 500):
            asked.append(start)
            yield text[start : start + 500]

    _book, reports = read(pieces())
    next(reports)
    assert len(asked) < 0.2 * len(text) / 500


def test_keys_in_another_order_are_read_too() -> None:
    data = plain_json.loads(json.render(BOOK))
    text = plain_json.dumps({key: data[key] for key in ("submissions", "timings", "run", "course", "schema_version")})
    book, reports = read([text])
    assert book.course == BOOK.course
    assert len(list(reports)) == 3


@pytest.mark.parametrize(
    ("damage", "fact"),
    [
        (lambda text: text[: len(text) // 2], "is damaged"),
        (lambda text: text[:-3], "is damaged"),
        (lambda text: text.replace('"score": 0.0', '"score": NaN', 1), "is damaged at submissions.1"),
        (lambda text: text.replace('"verdict": "fail"', '"verdict": "great"', 1), "is damaged at submissions.1"),
        (lambda text: text.replace('"schema_version": 1', '"schema_version": 9'), "newer version of the kit"),
        (lambda _text: "[]", "holds no gradebook"),
        (lambda _text: "", "is damaged"),
    ],
)
def test_damage_is_said(damage: Callable[[str], str], fact: str) -> None:
    with pytest.raises(UsageError, match=fact):
        list(read([damage(json.render(BOOK))]).reports)


# Counting -------------------------------------------------------------------------------------------------------------


def test_the_numbers_of_a_class() -> None:
    found = counted(*BOOK.submissions)
    assert [learner.name for learner in found.learners] == ["student-02", "student-01", "student-03"]
    assert found.passed == 1
    assert found.max_score == 42
    assert found.mean == (24.5 + 42) / 2  # the third is not final
    assert [learner.final for learner in found.learners] == [True, True, False]
    assert [(item.low, item.count) for item in found.bins if item.count] == [(50, 1), (90, 1)]
    assert {item.name: item.passed for item in found.exercises} == {"sigmoid": 2, "relu": 2, "tanh": 1}


def test_the_hardest_properties_are_those_that_fewest_hold() -> None:
    def learner(name: str, *verdicts: Verdict) -> Report:
        names = ("values", "gradients", "shape")
        pairs = zip(names, verdicts, strict=True)
        return report(name, graded("sigmoid", Verdict.FAIL, 1, tuple(checked(*pair) for pair in pairs)))

    ok, bad = Verdict.PASS, Verdict.FAIL
    found = counted(
        learner("a", ok, bad, bad),
        learner("b", ok, ok, bad),
        learner("c", Verdict.UNDECIDED, ok, ok),
        learner("loads-not", *[Verdict.CRASH] * 3),  # was not judged: it makes nothing look hard
        learner("not-yet", *[Verdict.UNIMPLEMENTED] * 3),
    )
    assert [(row.name, row.all.held, row.all.tried) for row in found.hardest] == [("shape", 1, 3), ("gradients", 2, 3)]
    assert [row.all.rate for row in found.rows] == [1, 2 / 3, 1 / 3]


def test_a_column_is_a_learner_or_a_group_when_there_are_many() -> None:
    """Best scores on the left, and everybody in exactly one column."""
    for count, columns in ((40, 40), (41, 20), (1003, 20)):
        found = counted(*(report(f"s{number}", graded("relu", score=number % 15)) for number in range(count)))
        assert len(found.columns) == columns
        assert found.grouped == (count > 40)
        scores = [learner.score for column in found.columns for learner in column.learners]
        assert scores == sorted(scores, reverse=True)
        assert len(scores) == count
        assert {cell.tried for cell in found.rows[0].cells} <= {1, 2, 3, 50, 51}


def test_properties_that_only_some_have_do_not_shift_the_others() -> None:
    """A learner graded with fewer properties or exercises, as after a change of the course."""
    one = report("a", graded("sigmoid", properties=(checked("values"), checked("shape", Verdict.FAIL))))
    two = report("b", graded("relu", properties=(checked("values", Verdict.FAIL),)), graded("sigmoid", properties=()))
    found = counted(one, two)
    assert [(row.exercise, row.name, row.all.held, row.all.tried) for row in found.rows] == [
        ("sigmoid", "values", 1, 1),
        ("sigmoid", "shape", 0, 1),
        ("relu", "values", 0, 1),
    ]
    assert [[result and result.verdict for result in learner.results] for learner in found.learners] == [
        [Verdict.PASS, None],
        [Verdict.PASS, Verdict.PASS],
    ]


def test_diagnoses_by_how_many_made_the_mistake() -> None:
    def learner(number: int, diagnosis: str | None) -> Report:
        return report(f"s{number}", graded("relu", Verdict.FAIL).model_copy(update={"diagnosis": diagnosis}))

    found = counted(
        *(learner(number, "overflows" if number % 3 else "detaches") for number in range(9)), learner(9, None)
    )
    assert [(item.text, item.exercise, item.count) for item in found.diagnoses] == [
        ("overflows", "relu", 6),
        ("detaches", "relu", 3),
    ]
    assert [learner.name for learner in found.diagnoses[0].some] == ["s1", "s2", "s4", "s5", "s7"]


# Writing --------------------------------------------------------------------------------------------------------------


def test_every_page_is_there_and_linked(tmp_path: Path) -> None:
    site = written(BOOK, tmp_path)
    assert list(pages(site)) == [INDEX, *(f"{LEARNERS}/student-0{number}.html" for number in (1, 2, 3))]
    for name, page in pages(site).items():
        for tag, attributes in Elements(page).found:
            target = attributes.get("href", "") if tag == "a" else ""
            path, _, fragment = target.partition("#")
            linked = (site / name).parent / path if path else site / name
            assert linked.is_file(), target
            assert not fragment or f'id="{fragment}"' in linked.read_text(encoding="utf-8"), target


def test_names_that_look_alike_get_pages_of_their_own(tmp_path: Path) -> None:
    names = ["Ann", "ann", "ANN", "Änn", "ann ", "../index", "..", "con", "index", "a/b", "a\\b", "😀", "😁", "x" * 300]
    site = written(gradebook(*(report(name, graded("relu")) for name in names)), tmp_path)
    files = [path.name for path in (site / LEARNERS).iterdir()]
    assert len({name.lower() for name in files}) == len(names)
    assert all(len(name) < 110 and re.fullmatch(r"[a-z0-9][a-z0-9._~-]*\.html|~\w+\.html", name) for name in files)
    assert [str(path.relative_to(site)) for path in site.glob("*")] in ([INDEX, LEARNERS], [LEARNERS, INDEX])


def test_the_same_gradebook_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (pages(written(BOOK, tmp_path / name)) for name in ("a", "b"))
    assert first == second


def test_pages_of_an_earlier_class_go_and_files_of_others_stay(tmp_path: Path) -> None:
    site = written(BOOK, tmp_path)
    mine = site / LEARNERS / "mine.html"
    mine.write_text("<p>notes</p>", encoding="utf-8")
    written(gradebook(report("new", graded("relu"))), tmp_path)
    assert sorted(path.name for path in (site / LEARNERS).iterdir()) == ["mine.html", "new.html"]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text(json.render(BOOK), encoding="utf-8")
    (tmp_path / "site").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match=r"--out=\S+site cannot be written: Not a directory; choose another folder"):
        Site(tmp_path, tmp_path / "site").build()
    with pytest.raises(UsageError, match=r"cannot be read: No such file"):
        Site(tmp_path / "nowhere", tmp_path / "site2").build()
    assert not (tmp_path / "site2").exists()


def test_results_without_properties_and_without_learners_have_pages() -> None:
    bare = report("ann", graded("relu", properties=()).model_copy(update={"hint": None}))
    assert "graded with --feedback score" in class_page(BOOK, counted(bare))
    assert "<details" not in learner_page(BOOK, bare, {})
    assert "<h1>Activations</h1>" in class_page(BOOK, counted())


def test_a_learner_reads_everything_there_is() -> None:
    exercise = FAILING.model_copy(update={"diagnosis": "behaves like the naive form", "message": "one is wrong"})
    page = Elements(learner_page(BOOK, report("ann", exercise), {})).text
    case = exercise.properties[1].counterexample
    assert case is not None
    told = [case.call, case.actual, case.expected, case.difference, case.replay, "behaves like the naive form"]
    for words in (*told, "one is wrong", "Which sign is safe?", "Training needs it.", "The gradient is nan."):
        assert str(words) in page
    for result in exercise.properties:
        assert result.name in page
        assert result.title in page
    assert "10.5 / 14" in " ".join(page.split())


def test_a_fault_of_the_grader_is_no_zero() -> None:
    fault = report("ann", graded("tanh", Verdict.ERROR, 0, (checked("values", Verdict.ERROR),)))
    page = " ".join(Elements(learner_page(BOOK, fault, {})).text.split())
    assert "Not final" in page
    assert "– / 14" in page
    assert "tanh ! grader fault 0 / 14" not in page


# Harmless -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["class", "learner"])
def test_hostile_text_stays_text(place: str) -> None:
    """The page of a hostile learner has the same elements as that of anybody else."""
    tame = plain_json.loads(
        plain_json.dumps(hostile().model_dump(mode="json")).replace(plain_json.dumps(HOSTILE)[1:-1], "x")
    )
    pair = hostile(), Report.model_validate(tame)
    book = hostile_book()
    made = [class_page(book, counted(item)) if place == "class" else learner_page(book, item, {}) for item in pair]
    bad, good = map(Elements, made)
    assert [tag for tag, _ in bad.found] == [tag for tag, _ in good.found]
    assert not [name for _, attributes in bad.found for name in attributes if name.startswith("on")]
    assert '<script>window.hit=1</script>"><img' in bad.text
    assert "{{7*7}}{% for x in y %}" in bad.text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x1b]", made[0])


def test_nothing_comes_from_anywhere_else(tmp_path: Path) -> None:
    pictures = {"sigmoid": PICTURE}
    site = pages(written(BOOK, tmp_path)) | {"drawn": learner_page(BOOK, BOOK.submissions[0], pictures)}
    assert "<svg" in site["drawn"]
    for name, page in site.items():
        assert not re.search(r"https?:|=\"//|@import|url\((?!#)", page), name
        loading = [
            tag for tag, attributes in Elements(page).found if "src" in attributes or tag in {"iframe", "object"}
        ]
        assert not loading


def _script(page: str) -> str:
    found = re.search(r"<script>(.*?)</script>", page, re.DOTALL)
    return found[1] if found else ""


def test_the_policy_allows_this_style_and_this_script_only(tmp_path: Path) -> None:
    for name, page in pages(written(BOOK, tmp_path)).items():
        metas = [attributes for tag, attributes in Elements(page).found if tag == "meta"]
        policy = next(item["content"] for item in metas if item.get("http-equiv") == "Content-Security-Policy")
        rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
        style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
        assert style is not None
        assert rules["default-src"] == "'none'"
        assert rules["style-src"] == _hash(style[1])
        assert rules["script-src"] == (_hash(_script(page)) if name == INDEX else "'none'")
        assert "unsafe" not in policy
        assert page.index("Content-Security-Policy") < page.index("<style>")
        assert ' style="' not in page


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


# Pictures -------------------------------------------------------------------------------------------------------------


def test_a_picture_in_a_page_is_plain_svg() -> None:
    drawn = str(inline(PICTURE, "one"))
    assert drawn.startswith("<svg")
    assert not re.search(r"style|xmlns|http|xlink|<metadata|<\?xml", drawn)
    ids = re.findall(r' id="([^"]*)"', drawn)
    assert len(set(ids)) == len(ids)
    assert all(name.startswith("one-") for name in ids)
    assert {*re.findall(r'(?:url\(#|href="#)([\w.-]+)', drawn)} == {*ids}
    assert "currentColor" in drawn
    assert "#1b1f24" not in drawn
    assert "one-" not in str(inline(PICTURE, "two"))


class Drawer:
    """Stands for `Pictures`, and remembers who was drawn."""

    def __init__(self) -> None:
        self.drawn: list[tuple[str, str]] = []

    def of(self, exercise: object, submission: Submission) -> Picture | Blank:
        name = getattr(exercise, "name", "")
        self.drawn.append((submission.learner, name))
        return PICTURE if name == "sigmoid" else Blank(name, Verdict.CRASH, HOSTILE)


def test_only_what_failed_and_is_still_there_is_drawn(tmp_path: Path) -> None:
    def failed(name: str) -> ExerciseResult:
        return graded(name, Verdict.FAIL, 3)

    book = gradebook(
        report("ann", failed("sigmoid"), graded("relu"), graded("tanh", Verdict.FORBIDDEN, 0)),
        report("bob", failed("sigmoid")),
        report("cem", failed("tanh")),
        report("dan", failed("sigmoid")),
    )
    submissions: Mapping[str, Submission] = {
        "ann": Submission("ann", {}, {}, (), "0" * 64),
        "bob": Submission("bob", {}, {}, (), "1" * 64),  # handed in anew
        "cem": Submission("cem", {}, {}, (), "0" * 64),
    }
    drawer = Drawer()
    illustrator = Illustrator(course(), submissions, drawer)  # type: ignore[arg-type]  # all that it needs
    site = pages(written(book, tmp_path, illustrator))
    assert drawer.drawn == [("ann", "sigmoid"), ("cem", "tanh")]
    drawn = {name: page.count('role="img"') for name, page in site.items() if name != INDEX}
    assert drawn == {f"{LEARNERS}/{name}.html": int(name == "ann") for name in ("ann", "bob", "cem", "dan")}
    gone = "No picture: the submission that was graded is not there any more"
    assert gone in site[f"{LEARNERS}/bob.html"]
    assert gone in site[f"{LEARNERS}/dan.html"]
    assert "<script>" not in site[f"{LEARNERS}/cem.html"]
    assert "first apart at x = 0, yours 0.75, expected 0.5" in site[f"{LEARNERS}/ann.html"]


def test_a_picture_without_a_difference_says_where_to_look(tmp_path: Path) -> None:
    same = Curve(tuple(Point(float(x), 0.5, 0.5, None) for x in range(-5, 6)))
    found = Picture("sigmoid", "torch.nn.Sigmoid", "sigmoid(x)", same, same)
    page = Elements(learner_page(BOOK, report("ann", FAILING), {"sigmoid": found})).text
    assert "What fails lies elsewhere" in page


def test_a_large_class_is_a_small_page() -> None:
    """Five thousand learners with 130 properties: what grows with both is put together."""
    names = [f"p{number}" for number in range(130)]
    results = tuple(checked(name) for name in names)
    one = graded("relu", properties=results)
    found = counted(*(report(f"s{number}", one) for number in range(5000)))
    page = class_page(BOOK, found)
    assert len(page) < 2_000_000
    assert page.count("<tr") < 5000 + 130 + 50
    assert page.count("<td") < 5000 * 3 + 130 * 25


def test_a_property_result_is_shown_once() -> None:
    """Properties with a story stand open or closed, all others in one list."""
    results: tuple[PropertyResult, ...] = FAILING.properties
    page = learner_page(BOOK, report("ann", FAILING), {})
    assert page.count('<details class="property') == sum(bool(item.message or item.counterexample) for item in results)
    assert page.count(" open>") == 1
    assert page.count('<div class="held') + page.count('<details class="property') == len(results)


def test_the_command_writes_beside_the_results(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "results.json").write_text(json.render(BOOK), encoding="utf-8")
    commands.report(tmp_path)
    assert capsys.readouterr().out == f"wrote {tmp_path / 'site' / INDEX} and the pages of 3 learners\n"
    assert len(pages(tmp_path / "site")) == 4


def test_the_installed_package_has_its_templates() -> None:
    listed = {path.name for path in (ROOT / "autograder/site/templates").iterdir()}
    assert '"site/templates/*"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert sorted(listed) == ["audit.html", "class.html", "learner.html", "page.html", "site.css", "site.js"]

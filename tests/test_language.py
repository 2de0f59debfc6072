"""The kit speaks English and Chinese: no sentence is forgotten, and a report differs in its words alone."""

from __future__ import annotations

import ast
import gettext
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from typer.main import get_command
from typer.testing import CliRunner

from autograder import cli
from autograder import language as language_module
from autograder.errors import UsageError
from autograder.grade import Grader
from autograder.journal import Fingerprint
from autograder.language import CHINESE, DOMAIN, ENGLISH, LOCALE, VARIABLE, _, chosen, language_named, use_language
from autograder.language import language_of_locale as of_locale
from autograder.locale import update
from autograder.options import help_texts
from autograder.properties import conduct
from autograder.reporters import cell, console, explain, github, gradescope, junit, markdown
from autograder.reporters.feedback import Feedback
from autograder.result import CourseInfo, ExerciseResult, Gradebook, Report, RunInfo, SandboxInfo, Verdict
from autograder.submission import Source, Submission
from autograder.worker import observe, settings
from autograder.worker.case import Case
from tests.bank import course, load_bank
from tests.inprocess import InProcessSandbox
from tests.learning import learners_copy

PACKAGE = Path(cli.__file__).parent
FIELD = re.compile(r"\{[^{}]*\}")
QUOTED = re.compile(r"`[^`]*`")
CHARACTER = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def _unset_afterwards() -> Iterator[None]:
    yield
    use_language(None)


# Which language -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("zh-CN", CHINESE),
        ("zh_CN", CHINESE),
        ("zh", CHINESE),
        ("ZH-cn", CHINESE),
        ("zh_CN.UTF-8", CHINESE),
        ("zh-Hans-CN", CHINESE),
        ("zh_TW", None),  # is read by others, in other characters
        ("en", ENGLISH),
        ("en_GB.UTF-8", ENGLISH),
        ("C.UTF-8", ENGLISH),
        ("klingon", None),
        ("", None),
    ],
)
def test_names_of_languages(name: str, language: str | None) -> None:
    assert language_named(name) == language


def test_the_environment_chooses_where_nothing_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "zh-CN")
    assert (chosen(), _("hint")) == (CHINESE, "提示")
    use_language("en")
    assert (chosen(), _("hint")) == (ENGLISH, "hint")


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(ValueError, match="language=fr is unknown; it can be en, zh_CN"):
        use_language("fr")


@pytest.mark.parametrize(
    ("name", "offer"),
    [("zh_TW", "; 中文: AUTOGRADER_LANG=zh_CN"), ("zh-Hant-HK", "; 中文: AUTOGRADER_LANG=zh_CN")]
    + [(name, "") for name in ("de", "xx", "klingon", "*")],
)
def test_one_in_the_environment_is_said_once_and_english_goes_on(
    name: str, offer: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    language_module._of_environment.cache_clear()
    monkeypatch.setenv(VARIABLE, name)
    assert (chosen(), _("hint"), _("{n} cases")) == (ENGLISH, "hint", "{n} cases")
    fact = f"{VARIABLE}={name} is none of the languages here, en and zh_CN: going on in English{offer}"
    assert capsys.readouterr() == ("", f"{fact}\n")


@pytest.mark.parametrize("words", [["list"], ["check", "relu"], ["grade", "nowhere", "--out", "x"]])
def test_every_command_goes_on_in_english(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was a traceback and exit 1, which is a verdict."""
    learners_copy(tmp_path)
    done = [
        subprocess.run(
            [sys.executable, "-m", "autograder", *words],
            env=os.environ | {VARIABLE: name},
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        for name in ("en", "zh_TW")
    ]
    assert [ran.returncode for ran in done] == [done[0].returncode] * 2
    assert done[1].stdout == done[0].stdout
    remark, _, said = done[1].stderr.partition("\n")
    assert remark.startswith(f"{VARIABLE}=zh_TW is none of the languages here")
    assert said == done[0].stderr


def test_nothing_is_said_for_nothing() -> None:
    """gettext has the catalogue's header under the empty text."""
    use_language(CHINESE)
    assert _("") == ""


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, CHINESE),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, ENGLISH),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_CN", "LANG": "en_US"}, CHINESE),
        ({"LANG": "fr_FR.UTF-8"}, ENGLISH),
        ({}, ENGLISH),
    ],
)
def test_the_language_that_the_system_is_set_to(environment: Mapping[str, str], language: str) -> None:
    assert of_locale(environment) == language


def said(words: Sequence[str], environment: Mapping[str, str | None]) -> str:
    """What a command line says, in a process that speaks as this environment has it."""
    clean = dict.fromkeys(("LC_ALL", "LC_MESSAGES", "LANG", VARIABLE))
    done = CliRunner(env=clean | dict(environment)).invoke(cli.app, words, obj=cli._Invocation())
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


@pytest.mark.parametrize("words", [["--lang", "zh-CN", "check"], ["check", "--lang=zh"], ["check", "--lang", "zh_CN"]])
def test_lang_stands_before_or_after_the_command(words: list[str]) -> None:
    assert "检查你自己的答案" in said([*words, "--help"], {VARIABLE: "en"})


def test_lang_wins_over_the_environment_and_the_environment_over_the_system() -> None:
    system = {"LANG": "zh_CN.UTF-8"}
    assert "检查你自己的答案" in said(["check", "--help"], system)
    assert "Check your own answers" in said(["check", "--help"], system | {VARIABLE: "en"})
    assert "Check your own answers" in said(["check", "--help", "--lang", "en"], {VARIABLE: "zh"})


@pytest.mark.parametrize("words", [["grade"], ["ci", "github"], ["export", "csv"], ["dev", "notebooks"]])
def test_results_for_others_do_not_depend_on_the_system(words: list[str]) -> None:
    """A class graded in Beijing and in Boston by the same command gets the same results."""
    assert not CHARACTER.search(said([*words, "--help"], {"LANG": "zh_CN.UTF-8"}))
    assert CHARACTER.search(said([*words, "--help"], {"LANG": "zh_CN.UTF-8", VARIABLE: "zh_CN"}))


def test_an_unknown_lang_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="language=fr is unknown"):
        said(["list", "--lang", "fr"], {})


def test_what_follows_two_dashes_is_no_option_of_ours() -> None:
    assert "exercise=--lang" in (said_error(["check", "--", "--lang", "zh"]))


def said_error(words: Sequence[str]) -> str:
    with pytest.raises(UsageError) as caught:
        said(words, {})
    return str(caught.value)


def test_an_exported_autograder_speaks_the_language_that_it_was_exported_in(tmp_path: Path) -> None:
    said(["export", "gradescope", "--lang", "zh", "--out", str(tmp_path / "kit.zip")], {})
    with zipfile.ZipFile(tmp_path / "kit.zip") as archive:
        assert "--lang zh_CN" in archive.read("run_autograder").decode()
        assert "未评分" in json.loads(archive.read("unfinished.json"))["output"]
        assert "kit/autograder/locale/zh_CN/LC_MESSAGES/autograder.mo" in archive.namelist()


# The catalogues -------------------------------------------------------------------------------------------------------


def messages(path: Path) -> list[Message]:
    with path.open("rb") as file:
        return [message for message in read_po(file) if message.id]


def first(text: str | Sequence[str] | None) -> str:
    return text if isinstance(text, str) else (text or [""])[0]


TRANSLATED = messages(update.po_path(CHINESE))


def test_every_sentence_is_in_the_template() -> None:
    """If not: `make messages`."""
    now = {sentence.id for sentence in update.sentences()}
    committed = {message.id if isinstance(message.id, str) else tuple(message.id) for message in messages(TEMPLATE)}
    assert {*map(str, now - committed)} == set(), "forgotten; run `make messages`"
    assert {*map(str, committed - now)} == set(), "said no longer; run `make messages`"


TEMPLATE = LOCALE / f"{DOMAIN}.pot"


def test_every_sentence_is_translated() -> None:
    assert {*map(str, (message.id for message in messages(TEMPLATE)))} == {*map(str, (m.id for m in TRANSLATED))}
    assert update.incomplete(update.read(CHINESE)) == []


def test_the_compiled_catalogue_is_that_of_the_text() -> None:
    committed = gettext.GNUTranslations(io.BytesIO(update.po_path(CHINESE).with_suffix(".mo").read_bytes()))
    compiled = gettext.GNUTranslations(io.BytesIO(update.compiled(update.read(CHINESE))))
    assert entries(committed) == entries(compiled)


def entries(catalogue: gettext.GNUTranslations) -> dict[object, str]:
    found: dict[object, str] = vars(catalogue)["_catalog"]
    return {key: text for key, text in found.items() if key}


def test_placeholders_and_quoted_code_are_the_same_on_both_sides() -> None:
    for message in TRANSLATED:
        theirs = first(message.string)
        for ours in [message.id] if isinstance(message.id, str) else message.id:
            assert sorted(FIELD.findall(ours)) == sorted(FIELD.findall(theirs)), message.id
            assert sorted(QUOTED.findall(ours)) == sorted(QUOTED.findall(theirs)), message.id


# Where a translation says nothing in Chinese: punctuation, and what is code in every language.
WITHOUT_CHARACTERS = {
    ", ",
    ", `{code}`",
    " in {place}",
    "; ",
    "detach()",
    "{fact}; {remedy}",
    "{mode}: {fact}",
    "{statement}: {fact}",
    "{system} {release} on {machine}",
}
# Two English words in a row that are a name, or an option and its value.
NAMES = re.compile(
    r"JSON Schema|JUnit XML|leaky ReLU|anomaly detection"
    r"|--[a-z-]+ \w+|import \w+|pip install \S+|raise ValueError\(.*?\)"
)
TWO_WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


def english_in(text: str) -> str | None:
    """Two English words in a row, in what should be Chinese."""
    found = TWO_WORDS.search(NAMES.sub("", QUOTED.sub("", text)))
    return found and found[0]


def test_translations_are_chinese() -> None:
    for message in TRANSLATED:
        text = first(message.string)
        assert CHARACTER.search(text) or message.id in WITHOUT_CHARACTERS, message.id
        assert english_in(text) is None, message.id


def test_help_texts_are_found() -> None:
    """What the extraction reads of the command line, and the command line shows."""
    found = {getattr(thing, attribute) for thing, attribute in help_texts(get_command(cli.app))}
    assert {"Check your own answers.", "Show the version and exit."} <= found


# What is said without being marked ------------------------------------------------------------------------------------

MARKS = {"_", "N_", "ngettext"}
# They speak to the authors of a course, to us, or to nobody.
ENGLISH_ONLY = {
    *(path.relative_to(PACKAGE).as_posix() for path in (PACKAGE / "audit").glob("*.py")),
    "course.py",
    "course_yaml.py",
    "dev.py",
    "language.py",  # speaks where a language is none of ours
    "frontends/nbgrader.py",
    "locale/update.py",
    "oracle.py",
    "vocabulary.py",  # mistakes of the course's author, as course.py has them
    "pictures/draw.py",  # whose font has no Chinese letters
    "pool/__main__.py",
    "pool/cluster.py",
    "pool/crew.py",
    "pool/process.py",
    "sandbox/canary.py",
    "sandbox/zygote.py",
}
# Mistakes of programmers and of course authors, and faults of the kit, which are to be reported to us.
RAISED_IN_ENGLISH = {"AttributeError", "CourseError", "ProtocolError", "SandboxError", "ValueError", "_not_started"}
# Collected from where they end up: decorators of properties, the command line.
COLLECTED = {"title", "why", "help"}
CONSTANTS_IN_ENGLISH = {"_CONFIG_TEXT", "NAMES"}  # a file that is written as code; names of Python's
NO_SENTENCE = re.compile(
    r"\s*(autograder (check|hint|list|watch)( --seed 1)? ?"  # a command to paste
    r"|<.*|(img|base|form|default)-(src|uri|action) .*|pip install .*|bold (red|green)|lower left|offset points"
    r"|torch-autograder.*)",
    re.DOTALL,
)
LABELS = {  # names that the parts of the kit have for something between them, and facts in results.json
    "exercises of an autograder course",  # pytest's --help is English
    "from autograder import check\n\ncheck(",
    "not tried: files, network and processes are open to a portable worker",
    "all ignored",
    "bad reduction",
    "channels last",
    "every second row",
    "one class",
    "out of range",
    "second backward",
    "side effect",
    "zero residual",
}
SENTENCE = re.compile(r"[A-Za-z']{2,},? [a-z']{2,}")


def called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def exempt(tree: ast.Module) -> Iterator[ast.AST]:
    """What is marked, collected, documentation, or raised in English."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant() as docstring):
                yield docstring
            case ast.Call() if called(node) in MARKS | RAISED_IN_ENGLISH | {"compile"}:  # a pattern is not said
                yield from ast.walk(node)
            case ast.keyword(arg=name) if name in COLLECTED:
                yield from ast.walk(node)
            case ast.Assign(targets=[ast.Name(id=name)]) if name in CONSTANTS_IN_ENGLISH:
                yield from ast.walk(node)


def unmarked(source: str) -> Iterator[tuple[int, str]]:
    """Literals that look like a sentence and would be said in English whatever the language."""
    tree = ast.parse(source)
    skipped = set(exempt(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in skipped:
            text = node.value
            if SENTENCE.search(text) and not NO_SENTENCE.fullmatch(text) and text not in LABELS:
                yield node.lineno, text


SPOKEN = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.relative_to(PACKAGE).parts[0] not in {"worker", "strategies"}
    and path.relative_to(PACKAGE).as_posix() not in ENGLISH_ONLY
]


@pytest.mark.parametrize("path", SPOKEN, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_sentence_is_marked(path: Path) -> None:
    """A literal of words is looked up, or it is none that people read; see the lists above for what is exempt."""
    assert list(unmarked(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "raise UsageError('no such file; check the path')",
        "raise UsageError(f'{path} does not exist; check the path')",
        "Mismatch(message='it raises an exception')",
        "print('wrote the file')",
        "yield 'The grader failed here.'",
    ],
)
def test_an_unmarked_sentence_is_seen(source: str) -> None:
    assert list(unmarked(source)) != []


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.html")), ids=lambda path: path.name)
def test_templates_hold_no_words_of_their_own(path: Path) -> None:
    """Between the tags there is what `_` returned, and names."""
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert {*re.findall("[A-Za-z]{2,}", text)} <= {"kit", "torch", "Python"}
    spoken = re.findall(r'\b(?:title|aria-label|placeholder|alt)="([^"]*)"', path.read_text(encoding="utf-8"))
    assert [words for words in spoken if "{" not in words] == []


@pytest.mark.parametrize("path", SPOKEN, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_values_are_filled_in_after_the_look_up(path: Path) -> None:
    """`_(f"{n} cases")` would look up "7 cases"."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    formed = [node for node in calls if called(node) in MARKS and any(isinstance(a, ast.JoinedStr) for a in node.args)]
    assert [node.lineno for node in formed] == []


# What workers say, in English, that is ours ---------------------------------------------------------------------------


def test_settings_that_a_call_left_changed_are_known_by_name() -> None:
    names = {re.sub("^print option .*", "print option {name}", name) for name in settings._GLOBALS}
    told = {f"{name}: {{value}} instead of {{before}}" for name in names}
    assert told | {settings._RANDOM} == {*conduct._SETTINGS}


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (torch.ones([1] * 65), "返回的是“65 维的张量”"),
        (torch.ones(2).to_sparse(), "返回的是“布局为 torch.sparse_coo 的张量”"),
        (torch.ones(2, device="meta"), "返回的是“meta 设备上的张量"),
        (None, "返回的是 None：是不是漏写了 `return`？"),
    ],
)
def test_what_is_no_tensor_is_named_in_chinese(output: object, told: str) -> None:
    from autograder.oracle import expect
    from autograder.properties.compare import output_of

    use_language(CHINESE)
    case = Case(args=(torch.ones(1),))
    mismatch = output_of(observe.observe(lambda x: output, case), expect("torch.nn.ReLU", "activation", case))
    assert mismatch is not None
    assert told in mismatch.message


# Reports --------------------------------------------------------------------------------------------------------------

COURSE = course()
_FEW = COURSE.budget.model_copy(update={"cases": 20, "pairs": 10, "search_calls": 30})

_ONE_OF_A_KIND = {
    "relu": "clamp_underscore default_dtype_of_input gradient_everywhere python_if range_over_rows slope_two",
    "mse_loss": "anything_else_is_none seeds_the_generator",
    "custom_loss": "counts_its_calls",
}
_BY_HAND = {
    "syntax_error": "def relu(x:\n",
    "not_started": "def relu(x):\n    raise NotImplementedError\n",
    "not_started_yet": "def relu(x):\n    return later(x)\n\ndef later(x):\n    raise NotImplementedError\n",
    "another_name": "def ReLU(x):\n    return x\n",
    "no_function": "relu = 3\n",
    "raises_at_import": "import torch\ntorch.zeros(2).reshape(3)\n\ndef relu(x):\n    return x\n",
    "uses_relu": "import torch\n\ndef relu(x):\n    return torch.relu(x).numpy()\n",
    "uses_eval": "import os\n\ndef relu(x):\n    return eval('x') * 1j\n",
    "returns_text": "def relu(x):\n    return 'x'\n",
    "no_autograd": "def relu(x):\n    return x.detach() * (x > 0)\n",
}


def learners(kinds: Mapping[str, str]) -> Iterator[Submission]:
    for specimen in load_bank("wrong"):
        if specimen.name in kinds.get(specimen.exercise, "").split():
            yield specimen.submission(COURSE)
    for name, text in _BY_HAND.items():
        yield Submission(name, {"relu": Source(text, "activations/relu.py")}, {}, (), "0" * 64)


def reports(language: str, submissions: Collection[Submission]) -> list[Report]:
    """Graded as `autograder grade` does, each for the exercises that it has."""
    use_language(language)
    graded = []
    wanted = {name for submission in submissions for name in submission.sources}
    for name in sorted(wanted):
        with Grader(
            replace(COURSE, budget=_FEW), exercises=[COURSE.exercise(name)], seed=0, sandbox=InProcessSandbox()
        ) as grader:
            assert grader.run_info().language == language
            graded += [grader.grade(submission) for submission in submissions if name in submission.sources]
    return graded


@pytest.fixture(scope="module")
def both() -> list[tuple[Report, Report]]:
    submissions = list(learners(_ONE_OF_A_KIND))
    return list(zip(reports(ENGLISH, submissions), reports(CHINESE, submissions), strict=True))


def sentences_of(exercise: ExerciseResult) -> Iterator[str]:
    """All that a report says of an exercise in words, but what it quotes of Python and torch."""
    yield from (text for text in (exercise.message, exercise.hint, exercise.diagnosis) if text)
    yield from (violation.message for violation in exercise.violations)
    for result in exercise.properties:
        yield from (text for text in (result.title, result.why, result.message) if text)
        case = result.counterexample
        if case is not None:
            yield from (
                text for text in (case.actual, case.expected, case.difference) if text and CHARACTER.search(text)
            )


QUOTES_PYTHON = re.compile(r"\w*(Error|Exception)(（[^）]*）)?[:：][^\u4e00-\u9fff]*|(?<=不是 Python：).*", re.DOTALL)


def require_chinese(text: str) -> None:
    own = QUOTES_PYTHON.sub("", text)
    assert CHARACTER.search(own), text
    assert english_in(own) is None, text


def test_a_chinese_report_has_no_english_sentence(both: list[tuple[Report, Report]]) -> None:
    verdicts = set()
    for _english, chinese in both:
        for exercise in chinese.exercises:
            verdicts |= {exercise.verdict, *(result.verdict for result in exercise.properties)}
            for text in sentences_of(exercise):
                require_chinese(text)
    assert {Verdict.FAIL, Verdict.CRASH, Verdict.FORBIDDEN, Verdict.UNIMPLEMENTED, Verdict.SKIPPED} <= verdicts


def test_reports_differ_in_their_words_alone(both: list[tuple[Report, Report]]) -> None:
    """Verdicts, points, numbers of cases and the lines to paste are the same in both languages."""
    words = {"message", "hint", "diagnosis", "title", "why", "actual", "expected", "difference"}

    def wordless(value: object) -> object:
        if isinstance(value, dict):
            return {key: bool(item) if key in words else wordless(item) for key, item in value.items()}
        return [wordless(item) for item in value] if isinstance(value, list | tuple) else value

    for english, chinese in both:
        assert english != chinese
        assert wordless(english.model_dump()) == wordless(chinese.model_dump())
        assert english.exercises[0].properties == () or english.exercises[0].properties[0].title


def test_numbers_of_both_sides_are_the_same(both: list[tuple[Report, Report]]) -> None:
    digits = re.compile(r"-?\d[\d.e-]*")
    for english, chinese in both:
        for one, other in zip(english.exercises, chinese.exercises, strict=True):
            for ours, theirs in zip(one.properties, other.properties, strict=True):
                if ours.counterexample and theirs.counterexample:
                    assert digits.findall(ours.counterexample.actual) == digits.findall(theirs.counterexample.actual)


@pytest.fixture
def book(both: list[tuple[Report, Report]]) -> Gradebook:
    use_language(CHINESE)
    return Gradebook(
        course=CourseInfo(name="课程", sha256="0" * 64),
        run=RUN,
        submissions=tuple(chinese for _english, chinese in both),
    )


RUN = RunInfo(
    seed=0,
    kit="1",
    torch="2",
    python="3",
    hypothesis="4",
    sandbox=SandboxInfo(level="full", layers={}),
    device="cpu",
    language=CHINESE,
)


def test_every_reporter_speaks_chinese(book: Gradebook) -> None:
    texts = [console.render(book), markdown.render(book), junit.render(book)]
    for report in book.submissions:
        alone = book.model_copy(update={"submissions": (report,)})
        texts += [console.render_report(report), gradescope.render(alone, lambda _name: "visible", 1.0)]
        texts += [github.annotations(report, {}), *(cell.render(exercise) for exercise in report.exercises)]
        texts += [explain.explain(exercise, item) for exercise in report.exercises for item in exercise.properties]
    for english in (
        "not started",
        "passed",
        "failed",
        "forbidden",
        "why it matters",
        "Hint",
        "yours",
        "points",
        "expected",
    ):
        for text in texts:
            assert not re.search(rf"(?<![\w`\"-]){english}(?![\w\"`=-])", text), english
    assert "未通过" in texts[0]


def test_columns_are_as_wide_as_they_look(book: Gradebook) -> None:
    """A Chinese character takes two places: what is padded by its length would stand askew."""
    from rich.cells import cell_len

    lines = console.render_report(book.submissions[0], everything=True).splitlines()
    ends = {cell_len(line) for line in lines if " / " in line and line.startswith("  ")}
    assert len(ends) == 1


def test_a_class_run_does_not_go_on_in_another_language() -> None:
    """Else half a class would be told in English."""
    facts = {"course": CourseInfo(name="c", sha256=""), "exercises": (), "feedback": Feedback.FULL, "code": ""}
    english, chinese = (
        Fingerprint(run=RUN.model_copy(update={"language": language}), **facts)  # type: ignore[arg-type]
        for language in (ENGLISH, CHINESE)
    )
    assert english.difference(chinese) == "language=zh_CN, now en"


@pytest.mark.slow
@pytest.mark.parametrize("start", [pytest.param(n, marks=[pytest.mark.nightly] if n else []) for n in range(3)])
@pytest.mark.parametrize("exercise", [exercise.name for exercise in COURSE.exercises])
def test_the_whole_bank_is_told_in_chinese(exercise: str, start: int) -> None:
    """Every third file, from each of the first three on."""
    submissions = [item.submission(COURSE) for item in load_bank("wrong") if item.exercise == exercise]
    for report in reports(CHINESE, submissions[start::3]):
        for text in sentences_of(report.exercises[0]):
            require_chinese(text)

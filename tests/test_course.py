"""course.yaml: what a right one gives, and what is said of every kind of wrong one."""

import os
from pathlib import Path

import pytest

from autograder.course import CourseFile, Exercise, RulePolicy, find_course, load_course
from autograder.errors import CourseError, UsageError

ROOT = Path(__file__).parent.parent

SMALL = """\
format_version: 1
name: A small course
seed: 7
points: 5
families:
  activation: {values: 3, device: 2}
exercises:
  - name: relu
    unit: activations
    file: relu.py
    symbol: relu
    kind: function
    reference: torch.nn.ReLU
    family: activation
    points: 2
    hints: [Keep what is positive.]
  - name: custom
    unit: activations
    file: custom.py
    symbol: Custom
    kind: module
    reference: custom
    family: activation
    points: 3
    hints: [Multiply., Then add.]
    properties: {device: 0, module: 1}
"""


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "course.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def error(folder: Path, text: str | bytes) -> str:
    with pytest.raises(CourseError) as caught:
        load_course(write(folder, text))
    return str(caught.value)


# --- a right course ---


def test_the_course_of_this_repository() -> None:
    course = load_course(ROOT / "course.yaml")
    assert [(e.path, e.symbol, e.points) for e in course.exercises] == [
        ("activations/sigmoid.py", "sigmoid", 12),
        ("activations/relu.py", "relu", 10),
        ("activations/tanh.py", "tanh", 12),
        ("activations/custom_activation.py", "CustomActivation", 14),
        ("losses/cross_entropy.py", "cross_entropy", 28),
        ("losses/mse_loss.py", "mse_loss", 12),
        ("losses/custom_loss.py", "CustomLoss", 12),
    ]
    assert (course.points, course.tiers.core, course.tiers.stretch) == (100, 75, 25)
    assert all(len(exercise.hints) >= 2 for exercise in course.exercises)


def test_an_exercise_has_the_weights_of_its_family_and_its_own(tmp_path: Path) -> None:
    """A weight of 0 removes a property of the family."""
    course = load_course(write(tmp_path, SMALL))
    assert course.exercise("relu").properties == {"values": 3, "device": 2}
    assert course.exercise("custom").properties == {"values": 3, "module": 1}


def test_an_exercise_has_the_rules_of_the_course_and_its_own(tmp_path: Path) -> None:
    """What an exercise says stands, also against the course's lists; what it leaves out is the course's."""
    rules = "rules: {autograd_function: false, allow: [torch.special.expit], deny: [torch.where, torch.clamp]}\n"
    own = "    rules: {autograd_function: true, allow: [torch.where], deny: [torch.special.expit]}\n"
    course = load_course(write(tmp_path, SMALL.replace("families:", f"{rules}families:") + own))
    assert course.exercise("relu").rules == RulePolicy(
        autograd_function=False,
        allow=frozenset({"torch.special.expit"}),
        deny=frozenset({"torch.where", "torch.clamp"}),
    )
    assert course.exercise("custom").rules == RulePolicy(
        autograd_function=True,
        allow=frozenset({"torch.where"}),
        deny=frozenset({"torch.clamp", "torch.special.expit"}),
    )


def test_defaults_fill_what_is_left_out(tmp_path: Path) -> None:
    course = load_course(write(tmp_path, SMALL))
    assert (course.budget.cases, course.budget.pairs, course.budget.option_cases) == (100, 12, 4)
    assert (course.tiers.core, course.tiers.stretch) == (75, 25)


def test_sha256_is_of_the_bytes(tmp_path: Path) -> None:
    first = load_course(write(tmp_path, SMALL)).sha256
    assert load_course(write(tmp_path, SMALL + "# a comment\n")).sha256 != first
    assert load_course(write(tmp_path, SMALL)).sha256 == first


@pytest.mark.parametrize("text", [SMALL.replace("\n", "\r\n"), "\ufeff" + SMALL], ids=["CRLF", "BOM"])
def test_files_of_other_systems_are_read(tmp_path: Path, text: str) -> None:
    course = load_course(write(tmp_path, text))
    assert [exercise.name for exercise in course.exercises] == ["relu", "custom"]
    assert course.lines[("exercises", 1, "points")] == 24


def test_values_are_frozen(tmp_path: Path) -> None:
    course = load_course(write(tmp_path, SMALL))
    for value, key in ((course, "seed"), (course.exercises[0], "points"), (course.budget, "cases")):
        with pytest.raises((AttributeError, ValueError), match=r"frozen|cannot assign"):
            setattr(value, key, 9)


# --- finding and choosing ---


def test_find_course_looks_in_the_folders_above(tmp_path: Path) -> None:
    path = write(tmp_path, SMALL)
    deep = tmp_path / "solutions" / "activations"
    deep.mkdir(parents=True)
    assert find_course(deep) == path
    assert find_course(tmp_path) == path


def test_find_course_starts_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path, SMALL)
    assert find_course() == path


def test_find_course_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no course\.yaml in start=.* --course PATH"):
        find_course(tmp_path)


def test_select_keeps_the_order_of_the_course(tmp_path: Path) -> None:
    course = load_course(write(tmp_path, SMALL))
    assert course.select([]) == course.exercises
    assert course.select(["custom", "relu", "custom"]) == course.exercises
    assert [exercise.name for exercise in course.select(["custom"])] == ["custom"]


def test_an_unknown_exercise_is_named_with_the_nearest(tmp_path: Path) -> None:
    course = load_course(write(tmp_path, SMALL))
    with pytest.raises(UsageError, match=r"^exercise=rleu is unknown; did you mean relu\? It can be relu, custom$"):
        course.exercise("rleu")
    with pytest.raises(UsageError, match=r"^exercise=zzz is unknown; it can be relu, custom$"):
        course.select(["relu", "zzz"])


def test_require_properties_names_the_line_of_an_unknown_one(tmp_path: Path) -> None:
    course = load_course(write(tmp_path, SMALL))
    course.require_properties({"values", "device", "module"})
    with pytest.raises(CourseError, match=r"^course\.yaml:6: property=device is unknown; did you mean devices\?"):
        course.require_properties({"values", "devices", "module"})
    with pytest.raises(CourseError, match=r"^course\.yaml:26: property=module is unknown; it can be values, device$"):
        course.require_properties(["values", "device"])


# --- every kind of mistake, by the text put in the place of a right one ---

MISTAKES = {
    "unknown key": ("seed: 7", "sead: 7", "3: key=sead in the file is unknown; did you mean seed?"),
    "unknown key of an exercise": (
        "kind: function",
        "kinds: function",
        "12: key=kinds in exercises[0] is unknown; did",
    ),
    "unknown key of the budget": (
        "seed: 7",
        "seed: 7\nbudget: {case: 3}",
        "4: key=case in budget is unknown; did you mean cases? It can be cases, pairs, option_cases, ",
    ),
    "missing key": ("    kind: function\n", "", "8: key=kind is missing in exercises[0]; add it"),
    "text for a number": ("points: 5", "points: '5'", "4: points='5' should be a valid number; correct it"),
    "true for a number": ("seed: 7", "seed: true", "3: seed=True should be a valid integer; correct it"),
    "infinite": ("points: 5", "points: .inf", "4: points=inf should be a finite number; correct it"),
    "negative": (
        "points: 2",
        "points: -2",
        "15: exercises[0].points=-2 should be greater than 0; correct it",
    ),
    "negative weight": (
        "values: 3",
        "values: -3",
        "6: families.activation.values=-3 should be greater than or equal",
    ),
    "list for a mapping": (
        "{values: 3, device: 2}",
        "[values]",
        "6: families.activation=['values'] should be a mapping",
    ),
    "unknown family": (
        "    family: activation",
        "    family: activations",
        "14: exercises[0].family='activations' is u",
    ),
    "unknown kind": (
        "kind: module",
        "kind: modul",
        "21: exercises[1].kind='modul' is unknown; did you mean module? It",
    ),
    "no hints": ("[Keep what is positive.]", "[]", "16: exercises[0].hints is empty; list at least one"),
    "blank hint": (
        "[Keep what is positive.]",
        "[' ']",
        "16: exercises[0].hints[0]=' ' does not fit; write some text",
    ),
    "path upwards": (
        "file: relu.py",
        "file: ../relu.py",
        "10: exercises[0].file='../relu.py' does not fit; write a bare",
    ),
    "unit with a path": (
        "unit: activations",
        "unit: a/b",
        "9: exercises[0].unit='a/b' does not fit; write lower-case",
    ),
    "absolute path": (
        "file: relu.py",
        "file: /relu.py",
        "10: exercises[0].file='/relu.py' does not fit; write a bare",
    ),
    "keyword": (
        "symbol: relu",
        "symbol: lambda",
        "8: exercises[0]: lambda is a keyword of Python and cannot be im",
    ),
    "reference elsewhere": (
        "torch.nn.ReLU",
        "os.system",
        "13: exercises[0].reference='os.system' does not fit; write ",
    ),
    "property name": (
        "values: 3",
        "Values: 3",
        "6: families.activation.Values='Values' does not fit; write lower-",
    ),
    "duplicate key": ("seed: 7", "seed: 7\nseed: 8", "4: key=seed is on line 3 already; keep one of them"),
    "duplicate name": (
        "name: custom",
        "name: relu",
        "17: name=relu is an earlier exercise's; choose another",
    ),
    "duplicate file": (
        "file: custom.py",
        "file: relu.py",
        "19: file=activations/relu.py is an earlier exercise's;",
    ),
    "points do not add up": (
        "points: 5",
        "points: 6",
        "4: points=6, but those of the exercises add up to 5; correct",
    ),
    "tiers": (
        "seed: 7",
        "seed: 7\ntiers: {core: 80}",
        "4: tiers: core=80 + stretch=25 is not 100; change one of",
    ),
    "tiers over lines": (
        "seed: 7",
        "seed: 7\ntiers:\n\n  core: 80",
        "4: tiers: core=80 + stretch=25 is not 100; change one of",
    ),
    "seed too large": (
        "seed: 7",
        f"seed: {2**32}",
        "3: seed=4294967296 should be less than 4294967296; correct it",
    ),
    "set": ("{values: 3, device: 2}", "!!set {values, device}", "6: tag=set is not read here;"),
    "allow and deny": (
        "seed: 7",
        "seed: 7\nrules: {allow: [torch.a], deny: [torch.a]}",
        "4: rules: allow and deny both",
    ),
    "nothing to judge by": (
        "{values: 3, device: 2}",
        "{}",
        "8: exercise=relu has no property with a weight above 0;",
    ),
    "newer format": (
        "format_version: 1",
        "format_version: 2\nnovel: 1",
        "1: format_version=2 is newer than this kit's",
    ),
    "format as text": (
        "format_version: 1",
        "format_version: '1'",
        "1: format_version='1' is unknown; did you mean 1?",
    ),
    "syntax": ("seed: 7", "seed: [7", "4: not valid YAML while parsing a flow sequence: expected ',' or ']'"),
    "tab": (
        "  activation:",
        "\tactivation:",
        "6: not valid YAML while scanning for the next token: found character '\\t'",
    ),
    "alias": ("seed: 7", "seed: &a 7\nx: *a", "4: alias=*a is not read; write the value out"),
    "code": (
        "seed: 7",
        "seed: !!python/object/apply:os.getpid []",
        "3: tag=python/object/apply:os.getpid is not read",
    ),
    "date": (
        "seed: 7",
        "seed: 2024-01-31",
        "3: tag=timestamp is not read here; write text in quotes, a number",
    ),
    "merge key": ("seed: 7", "<<: {seed: 7}", "3: tag=merge is not read here;"),
    "number as key": ("seed: 7", "7: seed", "3: key=7 is no text; write a word, in quotes if need be"),
    "list as key": ("seed: 7", "? [seed]\n: 7", "3: tag=seq is not read here;"),
    "deep": ("seed: 7", f"seed: {'[' * 3000}", "3: nested deeper than 20 levels; no value of a course is"),
    "long number": (
        "seed: 7",
        f"seed: {'7' * 5000}",
        f"3: value='{'7' * 40}' cannot be read as int; write it in",
    ),
    "half a character": (
        "name: A small course",
        r'name: "\ud800"',
        "2: value='\\ud800' cannot be read as str;",
    ),
    "no character": ("name: A small course", r'name: "\UFFFFFFFF"', "2: not valid YAML: "),
    "two documents": (
        "seed: 7",
        "---\nseed: 7",
        "3: not valid YAML expected a single document in the stream",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, mistake: str) -> None:
    right, wrong, expected = MISTAKES[mistake]
    assert SMALL.count(right) >= 1
    assert error(tmp_path, SMALL.replace(right, wrong, 1)).startswith(f"course.yaml:{expected}")


def test_all_mistakes_of_keys_and_values_are_named_in_the_order_of_lines(tmp_path: Path) -> None:
    text = SMALL.replace("seed: 7\n", "").replace("points: 2", "points: 0") + "seed: x\n"
    lines = error(tmp_path, text).splitlines()
    assert [line.split(": ")[0] for line in lines] == ["course.yaml:14", "course.yaml:26"]


def test_what_only_follows_from_another_mistake_is_not_named(tmp_path: Path) -> None:
    """A misspelt key is also missing, and a list of wrong items is also empty."""
    assert len(error(tmp_path, SMALL.replace("seed", "sead")).splitlines()) == 1
    assert len(error(tmp_path, SMALL.replace("[Keep what is positive.]", "[' ']")).splitlines()) == 1
    assert "key=seed is missing" in error(tmp_path, SMALL.replace("seed: 7\n", ""))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "course.yaml:1: the file=None should be a mapping of keys to values; correct it"),
        (b"- 1\n", "course.yaml:1: the file=[1] should be a mapping"),
        (b"seed: 1\nname: \xff\xfe", "course.yaml:2: not UTF-8 text; save the file as UTF-8"),
        (b"seed: 1\n\nname: \x00", "course.yaml:3: character=0x0 is not allowed in YAML; delete it"),
        (b"seed: 1\nname: \xef\xbf\xbf", "course.yaml:2: character=0xffff is not allowed in YAML; delete it"),
    ],
    ids=["empty", "list", "binary", "null byte", "noncharacter"],
)
def test_what_is_no_course_at_all(tmp_path: Path, data: bytes, expected: str) -> None:
    assert error(tmp_path, data).startswith(expected)


def test_an_alias_bomb_is_refused_at_its_first_alias(tmp_path: Path) -> None:
    bomb = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40))
    assert error(tmp_path, f"a0: &a0 [x]\n{bomb}").startswith("course.yaml:2: alias=*a0 is not read")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    assert "longer than 262144 bytes" in error(tmp_path, SMALL + "#" * 262144)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"the course file does not exist; .*--course PATH"):
        load_course(tmp_path / "course.yaml")
    with pytest.raises(CourseError, match=r"the course file is a folder"):
        load_course(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "course.yaml")
    with pytest.raises(CourseError, match="the course file is no file"):
        load_course(tmp_path / "course.yaml")


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Patched rather than chmod: root reads everything."""
    path = write(tmp_path, SMALL)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CourseError, match=r"unreadable \(Permission denied\); check its permissions"):
        load_course(path)


def test_every_key_of_the_file_is_described_to_editors() -> None:
    """The schema refuses unknown keys at every level, as the loader does."""
    schema = CourseFile.model_json_schema()
    models = [schema, *schema["$defs"].values()]
    assert all(model["additionalProperties"] is False for model in models)
    assert set(Exercise.model_fields) == set(schema["$defs"]["Exercise"]["properties"])

"""What is told of exceptions: beginners' mistakes in both languages, by grading files that make them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

import pytest

from autograder.grade import Grader
from autograder.language import CHINESE, use_language
from autograder.learner.advice import ADVICE
from autograder.properties import load_properties
from autograder.remedies import Symptom, code, messages, remedy
from autograder.result import ExerciseResult, Verdict
from autograder.submission import Source, Submission
from autograder.torch_names import Kind, load_names
from tests.inprocess import InProcessSandbox
from tests.mistakes import COURSE, EXCEPTIONS, Mistake, function, module


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    use_language(None)


@functools.cache
def grader(exercise: str) -> Grader:
    """Of one property, for an exception is the same in all."""
    chosen = [COURSE.exercise(exercise)]
    return Grader(COURSE, exercises=chosen, seed=0, properties=["values"], sandbox=InProcessSandbox())


def graded(exercise: str, source: str) -> ExerciseResult:
    answer = Source(source, COURSE.exercise(exercise).path)
    return grader(exercise).grade(Submission("ann", {exercise: answer}, {}, (), "0" * 64)).exercises[0]


def told(exercise: str, source: str) -> str:
    """What is said of a file that is of no use."""
    result = graded(exercise, source)
    assert result.verdict in (Verdict.FAIL, Verdict.CRASH), result.verdict
    message = result.message or next(item.message for item in result.properties if item.message)
    assert message is not None
    return message


@pytest.mark.parametrize("mistake", EXCEPTIONS, ids=str)
def test_a_mistake_is_told_in_words_with_the_learners_line(mistake: Mistake) -> None:
    said = told(mistake.exercise, mistake.source)
    assert mistake.english in said
    assert f"`{mistake.line}`" in said
    use_language(CHINESE)
    said = told(mistake.exercise, mistake.source)
    assert mistake.chinese in said
    assert f"`{mistake.line}`" in said


@pytest.mark.parametrize(
    "source",
    [
        module("CustomActivation", "def compute(self, x):", "    return x"),
        module("CustomActivation", "def forward(self, x):", "    return (x ^ 2) * x"),
    ],
    ids=["torch misses a forward", "torch has no ^ for floats"],
)
def test_what_torch_does_not_implement_is_no_unstarted_work(source: str) -> None:
    assert graded("custom_activation", source).verdict is Verdict.FAIL


@pytest.mark.parametrize(
    "source",
    [
        function("relu", "y = x * 2;raise NotImplementedError"),
        function("relu", "raise NotImplementedError(;    'later'; )"),
        "class Todo(NotImplementedError):\n    pass\n\n\ndef todo():\n    raise Todo\n"
        + function("relu", "return todo()"),
    ],
    ids=["after a line", "over lines", "through a helper"],
)
def test_what_the_learner_raises_is_unstarted_work(source: str) -> None:
    assert graded("relu", source).verdict is Verdict.UNIMPLEMENTED


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ("y = float('inf');return x * int(x.shape[0])", None),
        ("scale = math.sqrt(2 / math.pi);return x * scale", None),
        ("if weight is None:; return x", None),
        ("if reduction == 'mean':; return x", None),
        ("for i in range(x.dim()):; x = x + i", None),
        ("if x.dim() == 1 and len(x) > 2:; return max(x.numel(), 1) * x", None),
        ("n = max(x.dim(), 1);return math.exp(x)", 6),
        ("if weight is None:; return float(x)", 6),
        ("return x if x > 0 else 0", 5),
        ("return torch.where(x > 0 and x < 1, x, 0.0)", 5),
        ("return torch.where(not x, x, 0.0)", 5),
        ("while x < 0:; x = x + 1", 5),
        ("for v in x:; print(v)", 5),
    ],
)
def test_only_what_reads_tensors_is_blamed(body: str, at: int | None) -> None:
    """Numbers of Python's own, and those of a shape, are nobody's mistake."""
    source = function("relu", body, "x, weight=None, reduction='mean'")
    found = remedy(COURSE.exercise("relu"), source, Symptom("RuntimeError: Boolean value of Tensor with more than one"))
    assert (found and found.line) == at


@pytest.mark.parametrize(
    ("head", "call"),
    [
        ("import math", "math.exp"),
        ("import math as m", "m.exp"),
        ("from math import exp", "exp"),
        ("from math import exp as e", "e"),
        ("import torch", "torch.math.exp"),
    ],
)
def test_math_is_known_however_it_is_imported(head: str, call: str) -> None:
    source = function("relu", f"return {call}(x)", head=f"{head}\n")
    found = remedy(COURSE.exercise("relu"), source, Symptom("returns float"))
    assert found is not None
    assert found.sentence.startswith("math.exp takes one number out of torch")


def test_a_lambda_is_called_as_the_stub_has_it() -> None:
    found = remedy(COURSE.exercise("relu"), "relu = lambda: 1\n", Symptom("TypeError: <lambda>() takes 0 positional"))
    assert found is not None
    assert found.sentence.startswith("relu is called as the stub has it")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("RuntimeError: The size of tensor a (3) must match the size of tensor b (2) at non-singleton", "keepdim=True"),
        ("IndexError: Dimension out of range (expected to be in range of [-1, 0], but got 1)", "dim=-1"),
        ("IndexError: tuple index out of range", "input.dim()"),
        ("ValueError: not enough values to unpack (expected 2, got 1)", "input.dim()"),
        ("RuntimeError: Index tensor must have the same number of dimensions as input tensor", "unsqueeze"),
        ("RuntimeError: gather(): Expected dtype int32/int64 for index", "tensor of integers"),
        ("IndexError: index -100 is out of bounds for dimension 0 with size 3", "equal to ignore_index"),
        ("IndexError: index 3 is out of bounds for dimension 0 with size 3", "counts from 0"),
        ("RuntimeError: a leaf Variable that requires grad is being used in an in-place operation.", "in place"),
        ("RuntimeError: Expected all tensors to be on the same device, but found", "device=x.device"),
        ("RuntimeError: view size is not compatible with input tensor's size and stride", "use reshape"),
        ("TypeError: 'torch.Size' object is not callable", "x.shape[0]"),
        ("TypeError: 'float' object is not callable", "is a * missing"),
        ("TypeError: 'builtin_function_or_method' object is not subscriptable", "not with [ ]"),
        ("TypeError: unsupported operand type(s) for +: 'int' and 'builtin_function_or_method'", "not called"),
        ("TypeError: unsupported operand type(s) for *: 'Tensor' and 'NoneType'", "something is None"),
        ("NotImplementedError: \"bitwise_and_cpu\" not implemented for 'Float'", "before comparisons"),
        ("UnboundLocalError: cannot access local variable 'y' where it is not associated", "y gets its value"),
        ("TypeError: exp(): argument 'input' (position 1) must be Tensor, not float", "torch.exp takes a tensor"),
        ("TypeError: exp(): argument 'input' (position 1) must be Tensor, not str", "a tensor there, not str"),
        ("TypeError: exp(): argument 'input' (position 1) must be Tensor, not torch.return_types.max", "a pair"),
        ("TypeError: descriptor '__init__' of 'super' object needs an argument", "super().__init__()"),
        ("AttributeError: module 'torch' has no attribute 'Exp'", "did you mean exp?"),
        ("AttributeError: module 'torch.nn' has no attribute 'exp'", "did you mean torch.exp?"),
        ("AttributeError: module 'torch' has no attribute 'one_hot'", "did you mean torch.nn.functional.one_hot?"),
        ("AttributeError: 'relu' object has no attribute 'result'", "did you mean result?"),
        ("AttributeError: 'relu' object has no attribute 'scale'", "set it in __init__"),
        ("NameError: name 'nn' is not defined", "import torch.nn as nn"),
        ("NameError: name 'exp' is not defined", "did you mean torch.exp?"),
        ("NameError: name 'reslut' is not defined", "did you mean result?"),
        ("AttributeError: 'Tensor' object has no attribute 'power'", "did you mean pow?"),
        ("AttributeError: module 'torch' has no attribute 'exp2_'", ""),
        ("returns max", "returns a pair"),
        ("returns tuple", "a comma too many"),
        ("returns method", "not called"),
        ("ValueError: whatever a learner says", None),
    ],
)
def test_messages_of_python_and_torch(error: str, sentence: str | None) -> None:
    source = function("relu", "result = x;return result")
    found = remedy(COURSE.exercise("relu"), source, Symptom(error, 5))
    assert (found is None) if sentence is None else (found is not None and sentence in found.sentence)


def test_a_remedy_names_only_what_is_allowed() -> None:
    """Nor does advice: whoever follows it must not lose points for it."""
    spaces = load_names().spaces
    building = {f"{space}.{name}" for space in spaces for name, it in spaces[space].items() if it.kind is Kind.BUILDING}
    sentences = [rule.sentence for rule in messages._RULES]
    sentences += [text for text in vars(code).values() if isinstance(text, str)]
    sentences += [*ADVICE.values(), *(hint for exercise in COURSE.exercises for hint in exercise.hints)]
    sentences += [entry.instead for listed in spaces.values() for entry in listed.values()]
    named = {name for sentence in sentences for name in re.findall(r"\btorch(?:\.[a-z]\w*)+", sentence)}
    assert named - building <= {"torch.nn"}
    for_one_element = [entry.instead for entry in (spaces["torch"][name] for name in ("relu", "relu_"))]
    assert not {"torch.clamp", "torch.maximum"} & set(re.findall(r"torch\.\w+", " ".join(for_one_element)))


def test_every_property_has_its_advice() -> None:
    assert set(ADVICE) == set(load_properties())

"""What to do about a symptom: the surest reading of the message and of the source comes first."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from autograder.course import Exercise
from autograder.language import _
from autograder.newer_python import newer_name_advice
from autograder.remedies import code
from autograder.remedies.messages import told_by
from autograder.torch_names import building_names, misspelt_advice


@dataclass(frozen=True, slots=True)
class Symptom:
    """An exception as the last line of a traceback has it, or ``returns TYPE``; with the learner's line, if known."""

    error: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do, as the rest of a sentence; ``line`` is the place that is to change, where the code shows it."""

    sentence: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class _Patient:
    exercise: Exercise
    symptom: Symptom
    tree: ast.Module


def remedy(exercise: Exercise, source: str, symptom: Symptom) -> Remedy | None:
    """What to do about a symptom, where it is a mistake that is known.

    Args:
        exercise: which is asked for.
        source: the learner's, which Python can read.
        symptom: what went wrong.

    """
    patient = _Patient(exercise, symptom, _parsed(source))
    return next((found for found in (look(patient) for look in _LOOKS) if found is not None), None)


@functools.lru_cache(maxsize=4)
def _parsed(source: str) -> ast.Module:
    """One submission's failures come one after the other."""
    return ast.parse(source)


_NO_FUNCTION = re.compile(r"is not a function")
_NO_MODULE = re.compile(r"is not a class derived from")


def _kind(patient: _Patient) -> Remedy | None:
    """A class where a function is asked for, or the other way round."""
    symbol, asked = patient.exercise.symbol, patient.exercise.kind
    node = code.definition(patient.tree, symbol)
    error, line = patient.symptom.error, None if node is None else node.lineno
    if asked == "function":
        if not isinstance(node, ast.ClassDef) and not _NO_FUNCTION.search(error):
            return None
        return Remedy(_("the exercise asks for a function: write `def {symbol}(...)`").format(symbol=symbol), line)
    if not _NO_MODULE.search(error):
        return None
    told = _("the exercise asks for a module: write `class {symbol}(nn.Module)` with a method forward")
    return Remedy(told.format(symbol=symbol), line)


_UNMADE = re.compile(
    r"TypeError: (?:descriptor '__init__' of 'super' object|Module\.__init__\(\) missing)"
    r"|AttributeError: (?:cannot assign .* before Module\.__init__\(\) call"
    r"|'\w+' object has no attribute '(?:training|_\w*(?:modules|parameters|buffers|hooks)\w*)')"
)


def _unmade(patient: _Patient) -> Remedy | None:
    """A module whose __init__ leaves out that of its base."""
    if not _UNMADE.match(patient.symptom.error):
        return None
    node = code.definition(patient.tree, patient.exercise.symbol)
    made = (
        [method for method in code.methods(node) if method.name == "__init__"] if isinstance(node, ast.ClassDef) else []
    )
    line = patient.symptom.line or next((method.lineno for method in made), None)
    return Remedy(_("begin __init__ with super().__init__()"), line)


_PARAMETERS = re.compile(
    r"TypeError: (?:\w+\.)?(\w+|<lambda>)\(\) "
    r"(?:takes \d+ positional|takes no|missing \d+|got (?:an unexpected|multiple))"
)


def _parameters(patient: _Patient) -> Remedy | None:
    """A method without self, or a signature that is not the stub's."""
    found = _PARAMETERS.match(patient.symptom.error)
    if not found:
        return None
    name = found[1]
    if "takes" in found[0] and (method := code.without_self(patient.tree, name)):
        told = _("the method {name} lacks self: write `def {name}(self, ...)`")
        return Remedy(told.format(name=name), method.lineno)
    asked = patient.exercise.symbol if patient.exercise.kind == "function" else "forward"
    name = asked if name == "<lambda>" else name
    if patient.symptom.line is None and name in (asked, "__init__"):
        place = next((n for n in ast.walk(patient.tree) if isinstance(n, ast.FunctionDef) and n.name == name), None)
        told = _("{name} is called as the stub has it: keep its parameters, with their names and defaults")
        if name == "__init__":
            told = _("the module is made without arguments: let __init__ take none but self")
        return Remedy(told.format(name=name), None if place is None else place.lineno)
    return None


_NO_FORWARD = re.compile(r"missing the required \"forward\" function")


def _forward(patient: _Patient) -> Remedy | None:
    """A module whose forward has another name."""
    node = code.definition(patient.tree, patient.exercise.symbol)
    if not _NO_FORWARD.search(patient.symptom.error) or not isinstance(node, ast.ClassDef):
        return None
    line, told = code.meant_for_forward(patient.tree, node)
    return Remedy(told, line)


_READ = re.compile(
    r"Boolean value of Tensor with more than one|numbers that Python (?:reads|has read) out of tensors"
    r"|can be converted to (?:a )?Python scalar|^returns (?:int|float|bool)$"
)


def _leaving(patient: _Patient) -> Remedy | None:
    """Python's own functions and decisions on whole tensors."""
    if not _READ.search(patient.symptom.error):
        return None
    found = code.leaving(patient.tree, patient.symptom.line)
    if found is not None:
        return Remedy(found[1], found[0])
    if patient.symptom.error.startswith("returns "):
        return Remedy(_("a number of Python's has no gradient: compute with the tensors themselves"))
    return None


_NO_ATTRIBUTE = re.compile(r"AttributeError: '(\w+)' object has no attribute '(\w+)'")


def _attribute(patient: _Patient) -> Remedy | None:
    """What is asked of self, and is a name of its own or none."""
    found = _NO_ATTRIBUTE.match(patient.symptom.error)
    if not found or found[1] != patient.exercise.symbol:
        return None
    if found[2] in code.defined_names(patient.tree):
        return Remedy(_("did you mean {name}?").format(name=found[2]))
    told = _("nothing gives self.{name} a value: set it in __init__, after super().__init__()")
    return Remedy(told.format(name=found[2]))


def _printed(patient: _Patient) -> Remedy | None:
    """A result that is shown, not returned."""
    calls = (node for node in ast.walk(patient.tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    place = next((node.lineno for node in calls if isinstance(node.func, ast.Name) and node.func.id == "print"), None)
    if place is None or patient.symptom.error != "returns None":
        return None
    return Remedy(_("print only shows a value, and return gives it back"), place)


_IMPORTS = {"torch": "torch", "nn": "torch.nn", "math": "math"}
_UNDEFINED = re.compile(r"NameError: name '(\w+)' is not defined")


def _name(patient: _Patient) -> Remedy | None:
    """A name that nothing defines."""
    found = _UNDEFINED.match(patient.symptom.error)
    if not found:
        return None
    name = found[1]
    if name in _IMPORTS:
        statement = f"import {_IMPORTS[name]}" + ("" if _IMPORTS[name] == name else f" as {name}")
        return Remedy(_("begin the file with `{statement}`").format(statement=statement))
    if name == "F":
        return Remedy(_("F is torch.nn.functional, whose activations and losses are what is to be written here"))
    if name in ("np", "numpy"):
        return Remedy(_("NumPy leaves torch, and the gradient is lost: use the function of that name in torch"))
    owners = (node for node in ast.walk(patient.tree) if isinstance(node, ast.ClassDef))
    if any(method.name == name for owner in owners for method in code.methods(owner)):
        near = [f"self.{name}"]
    elif not (near := get_close_matches(name, code.defined_names(patient.tree) - {name}, n=1, cutoff=0.6)):
        near = [f"torch.{name}"] if name in building_names("torch") else []
    if near:
        return Remedy(_("did you mean {name}?").format(name=near[0]))
    return Remedy(_("nothing above gives {name} a value: is it misspelt?").format(name=name))


_NO_NEIGHBOUR = re.compile(r"ModuleNotFoundError: No module named '([\w.]+)'|ImportError: attempted relative import")


def _import(patient: _Patient) -> Remedy | None:
    """Another file of the learner's, or a package that is not there."""
    found = _NO_NEIGHBOUR.match(patient.symptom.error)
    if not found:
        return None
    told = _("the file is graded by itself, with torch and without {module}: put into it whatever it needs of that")
    return Remedy(told.format(module=found[1] or _("its neighbours")))


def _missing_name(patient: _Patient) -> Remedy | None:
    """A name that a module does not have, in this Python or in this torch."""
    _kind, _colon, message = patient.symptom.error.partition(": ")
    told = newer_name_advice(message) or misspelt_advice(message)
    return None if told is None else Remedy(told)


def _message(patient: _Patient) -> Remedy | None:
    """Whatever the message alone says."""
    told = told_by(patient.symptom.error)
    return None if told is None else Remedy(told)


_LOOKS: tuple[Callable[[_Patient], Remedy | None], ...] = (
    _kind,
    _forward,
    _unmade,
    _parameters,
    _leaving,
    _printed,
    _name,
    _attribute,
    _import,
    _message,
    _missing_name,
)

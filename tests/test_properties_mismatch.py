"""Each judge on one observation made by hand: what is wrong is what the mismatch names, as a learner reads it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from tests.judging import Row, assert_judged, gradient, output, put, raising, seen_as

FORM = [
    Row("sigmoid", "values", output(lambda y: y.reshape(1, 1)), "shape", "the output has shape (1, 1), expected (1,)"),
    Row("sigmoid", "values", output(lambda y: y[0]), "shape", "the output has shape (), expected (1,)"),
    Row("sigmoid", "values", seen_as(type="float", output=None), "type", "it returns float, not a torch.Tensor"),
    Row("sigmoid", "values", seen_as(type="NoneType", output=None), "type", "it returns None: is a `return` missing?"),
    Row(
        "sigmoid",
        "values",
        seen_as(output=None, dtype="complex64"),
        "dtype",
        "the output's dtype complex64 holds no real numbers",
    ),
    Row("sigmoid", "values", raising(RuntimeError, "no", line=7), "exception", "it raises RuntimeError"),
    Row("sigmoid", "values", raising(TypeError, "no"), "exception", "it raises TypeError"),
    Row(
        "sigmoid",
        "gradients",
        raising(RuntimeError, "no", stage="backward"),
        "exception",
        "it raises RuntimeError during backward",
    ),
    Row(
        "tanh",
        "dtype",
        output(Tensor.float),
        "dtype",
        "the output is float32, expected float64 (torch's default dtype is float32 here)",
    ),
    Row(
        "relu",
        "shape",
        seen_as(gradients=(torch.zeros(2),)),
        "shape",
        "the gradient of argument 1 is of shape (2,)",
    ),
    Row("mse_loss", "shape", seen_as(gradients=()), "shape", "the gradient of argument 1 is missing"),
]

VALUES = [
    Row("sigmoid", "values", output(put(torch.nan, 0)), "nan", "output[0] is nan, expected 0.731059"),
    Row("sigmoid", "values", output(put(torch.inf, 0)), "inf", "output[0] is inf, expected 0.731059"),
    Row("sigmoid", "values", output(put(0.7, 0)), "value", "output[0] is 0.7, expected 0.731059"),
    Row("tanh", "layout", output(put(0.0, 1, 2)), "value", "output[1, 2] is 0, expected …", probe=2),
    Row(
        "tanh",
        "layout",
        output(torch.zeros_like),
        "value",
        "output[0, 0] is 0, expected …; 11 more of 12 differ",
        probe=2,
    ),
    Row("mse_loss", "values", output(lambda y: y + 1), "value", "output is 2, expected 1"),
    Row("mse_loss", "values", output(lambda y: y + 1e-8), "value", "output is 1.00000001, expected 1"),
    Row(
        "sigmoid",
        "precision",
        output(lambda y: y + 1e-12),
        "value",
        "output[0] is 0.73105857863100487, expected 0.7310585786300049",
    ),
    Row(
        "tanh",
        "accuracy",
        output(lambda y: y * (1 + 1e-13)),
        "value",
        "output[0] is 9.999999999997666e-07, expected 9.9999999999966665e-07",
        probe=12,
    ),
    Row("sigmoid", "stable-values", output(put(torch.nan, 0)), "nan", "output[0] is nan, expected 1"),
    Row("relu", "infinities", output(put(torch.nan, 0)), "nan", "output[0] is nan, expected inf"),
    Row("relu", "infinities", output(put(3e38, 0)), "value", "output[0] is 3e+38, expected inf"),
    Row("relu", "nan", output(put(0.0, 0)), "value", "output[0] is 0, expected nan"),
    Row("mse_loss", "large-inputs", output(lambda y: y * torch.nan), "nan", "output is nan, expected 1.99987e+08"),
    Row("mse_loss", "close-inputs", output(lambda y: y * 1.001), "value", "output is 1.75175e-14, expected 1.75e-14"),
    Row("mse_loss", "empty-mean", output(torch.zeros_like), "value", "output is 0, expected nan"),
    Row("cross_entropy", "empty-batch", output(torch.zeros_like), "value", "output is 0, expected nan"),
    Row("cross_entropy", "all-ignored", output(torch.zeros_like), "value", "output is 0, expected nan"),
    Row("cross_entropy", "one-class", output(lambda y: y + 1), "value", "output is 1, expected 0"),
]

GRADIENTS = [
    Row("sigmoid", "gradients", gradient(put(0.25, 0)), "gradient", "gradient[0] is 0.25, expected 0.196612"),
    Row("sigmoid", "gradients", gradient(put(torch.nan, 0)), "nan", "gradient[0] is nan, expected 0.196612"),
    Row("sigmoid", "stable-gradients", gradient(put(torch.nan, 0)), "nan", "gradient[0] is nan, expected 0", probe=6),
    Row(
        "sigmoid",
        "gradients",
        gradient(lambda g: g.reshape(1, 1)),
        "shape",
        "the gradient has shape (1, 1), expected (1,)",
    ),
    Row(
        "sigmoid",
        "gradients",
        seen_as(requires_grad=False, gradients=()),
        "gradient",
        "no gradient reaches the input: the output is detached from the graph",
    ),
    Row(
        "sigmoid",
        "gradients",
        seen_as(gradients=(None,)),
        "gradient",
        "there is no gradient: the output does not depend on it",
    ),
    Row(
        "mse_loss",
        "gradients",
        lambda seen: replace(seen, gradients=(seen.gradients[0], None)),
        "gradient",
        "there is no gradient of argument 2: the output does not depend on it",
    ),
    Row("mse_loss", "gradients", gradient(torch.neg, 1), "gradient", "gradient of argument 2[0] is 2, expected -2"),
    Row(
        "mse_loss",
        "zero-residual",
        gradient(put(torch.nan, 1)),
        "nan",
        "gradient of argument 1[1] is nan, expected 0",
    ),
    Row(
        "sigmoid",
        "second-gradients",
        seen_as(second=(torch.tensor([1.0]),)),
        "gradient",
        "second gradient[0] is 1, expected -0.0908577",
    ),
    Row(
        "sigmoid",
        "second-gradients",
        seen_as(second=()),
        "gradient",
        "second gradient[0] is 0, expected -0.0908577",
    ),
    Row("sigmoid", "gradient-at-zero", gradient(put(0.0, 0)), "gradient", "gradient[0] is 0, expected 0.25"),
    Row("relu", "kink", gradient(put(2.0, 0)), "gradient", "the gradient at 0 is 2, expected a number from 0 to 1"),
    Row(
        "relu",
        "kink",
        gradient(put(torch.nan, 0)),
        "gradient",
        "the gradient at 0 is nan, expected a number from 0 to 1",
    ),
    Row("relu", "kink", seen_as(gradients=()), "gradient", "the gradient at 0 is nan, expected a number from 0 to 1"),
    Row(
        "relu",
        "kink",
        gradient(lambda g: g.repeat(2)),
        "gradient",
        "the gradient at 0 is nan, expected a number from 0 to 1",
    ),
    Row("relu", "kink-as-torch", gradient(put(1.0, 0)), "gradient", "gradient[0] is 1, expected 0"),
]

CONDUCT = [
    Row("relu", "purity", seen_as(mutated=("argument 1",)), "side effect", "the call changed argument 1"),
    Row(
        "cross_entropy",
        "purity",
        seen_as(mutated=("argument 2", "weight")),
        "side effect",
        "the call changed argument 2 and weight",
    ),
    Row("relu", "purity", seen_as(aliased=("argument 1",)), "side effect", "the output shares memory with argument 1"),
    Row(
        "relu",
        "purity",
        output(lambda y: y + 1),
        "value",
        "the same call twice gives two results: output[0] is 2, expected 1; 2 more of 3 differ",
        at=2,
    ),
    Row("relu", "purity", output(put(1.0, 0)), "value", "after another call, output[0] is 1, expected 0", at=1),
    Row(
        "relu",
        "global-state",
        seen_as(globals_changed=("number of threads: 2 instead of 1", "grad mode: False instead of True")),
        "side effect",
        "the call changed torch's number of threads: 2 instead of 1 and grad mode: False instead of True",
    ),
    Row(
        "relu",
        "graph",
        seen_as(requires_grad=True),
        "graph",
        "no input requires a gradient, yet the output does",
        probe="without",
    ),
    Row(
        "relu",
        "graph",
        seen_as(requires_grad=False),
        "graph",
        "an input requires a gradient, yet the output does not: it is detached from the graph",
        probe="with",
    ),
    Row(
        "relu",
        "graph",
        seen_as(gradients=(None,)),
        "graph",
        "an input requires a gradient, yet the graph does not lead back to it",
        probe="with",
    ),
    Row(
        "relu",
        "graph",
        seen_as(requires_grad=True),
        "graph",
        "called under torch.no_grad(), yet the output requires a gradient",
        probe="no_grad",
    ),
    Row("custom_loss", "module", seen_as(module=None), "module", "it has unknown parameters, expected none"),
    Row(
        "custom_loss",
        "module",
        lambda seen: replace(seen, module={**(seen.module or {}), "buffers": 2}),
        "module",
        "it has 2 buffers, expected none",
        at=1,
    ),
    Row(
        "custom_loss",
        "module",
        output(lambda y: y + 1),
        "value",
        "in eval mode, output is …, expected …",
        probe="eval",
    ),
    Row(
        "custom_loss",
        "module",
        output(lambda y: y + 1),
        "value",
        "in train mode, output is …, expected …",
        probe="train",
        at=2,
    ),
]


@pytest.mark.parametrize("row", [*FORM, *VALUES, *GRADIENTS, *CONDUCT], ids=str)
def test_mismatch_names_what_is_wrong(row: Row) -> None:
    assert_judged(row)

"""A sentence for each property: where to look when it is the first that fails, before any hint gives the idea away."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from autograder.language import N_

ADVICE: Mapping[str, str] = MappingProxyType(
    {
        # --- values and gradients ---
        "values": N_("Take the first failing input, compute the formula by hand, and compare each step with yours."),
        "gradients": N_("The values are right: what cuts or bends the way back? Look for where, max, abs, detach."),
        "second-gradients": N_("The gradient must be made of operations too: look for a backward that detaches."),
        "stable-values": N_(
            "Print each intermediate result at 1000 and -1000: which one is inf, or 0 where it divides?"
        ),
        "stable-gradients": N_(
            "A gradient flows through both sides of torch.where: choose the argument before the call that overflows."
        ),
        "infinities": N_("Put inf and -inf into your formula: where does inf - inf, inf / inf or 0 * inf stand?"),
        "nan": N_("nan compares as false with everything: ask which elements to replace, not which ones to keep."),
        "accuracy": N_("Look for a difference of nearly equal numbers, such as 1 - y: which equal form has none?"),
        "precision": N_("Look for what adds an epsilon, clamps, casts, or types a constant with few digits."),
        "large-inputs": N_("Square the difference, not the inputs, and do not clamp: which step grows too large?"),
        "close-inputs": N_("Subtract first, then square: every other order subtracts large equal numbers."),
        "zero-residual": N_("Where the difference is 0, which step has an infinite slope, or divides by 0?"),
        "empty-mean": N_("A mean of nothing is 0 / 0: leave that nan as it is, without a special case."),
        "gradient-at-zero": N_("At 0, abs, sign and max have a slope of their own: choose with x < 0 instead."),
        "kink": N_("At 0 the gradient must be that of one side: does something divide by x, or add both sides?"),
        "kink-as-torch": N_("At exactly 0 torch takes the slope 0: on which side of your condition is x = 0?"),
        # --- form and conduct ---
        "dtype": N_("A tensor that you make has torch's default dtype: use Python numbers, or dtype=x.dtype."),
        "shape": N_("Use no fixed number of dimensions: a scalar has none, and an empty tensor has no maximum."),
        "layout": N_("view and strides depend on how numbers lie in memory: reshape does not."),
        "purity": N_("Change nothing in place that came in, return a new tensor, and keep nothing between calls."),
        "global-state": N_("Set no default dtype, seed or grad mode: give the dtype to the operation that needs it."),
        "graph": N_("Keep detach, no_grad and torch.tensor(x) away from what the output is computed from."),
        "elementwise": N_("No sum, mean or maximum over the whole tensor, and no loop: each element by itself."),
        "vectorised": N_("Replace the loop over rows by operations with dim=, which handle all rows at once."),
        "device": N_("What you make lives on the CPU: use Python numbers, or device=x.device."),
        "laws": N_("Try x and -x, a very large and a very small x: which of the function's bounds is broken?"),
        "module": N_("Keep nothing on self in forward, register nothing, and do the same in train and eval mode."),
        # --- options of the losses ---
        "reductions": N_("Compute every loss first; then one if: 'none' returns them, 'sum' and 'mean' reduce them."),
        "bad-reduction": N_("Check reduction at the top: raise ValueError unless it is 'none', 'mean' or 'sum'."),
        "unbatched": N_("Logits of shape (C,) have their classes in dim 0: choose dim by input.dim()."),
        "spatial": N_("Classes are in dim 1 whatever follows: move that dim last, then treat all as rows."),
        "weight": N_(
            "Look weights up by target, multiply the losses, and divide the mean by the sum of those weights."
        ),
        "ignore-index": N_("Put a valid class in the place of ignored targets, then a 0 in the place of their losses."),
        "label-smoothing": N_("Mix (1 - s) times the loss of the target with s times the mean over all classes."),
        "probabilities": N_("A floating-point target has the logits' shape: sum target times -log p over the classes."),
        "weight+ignore-index": N_("An ignored target counts 0 in the sum of the weights that the mean divides by."),
        "weight+label-smoothing+ignore-index": N_(
            "In the smoothed part each class has its own weight; the mean divides by the weights of the targets alone."
        ),
        "probabilities+weight+label-smoothing": N_(
            "Smooth the probabilities first, weigh each class, and divide the mean by the number of examples."
        ),
        "one-class": N_("One class has probability 1 and loss 0: is there a special case for two classes?"),
        "all-ignored": N_("The mean of no losses is 0 / 0: leave that nan as it is."),
        "empty-batch": N_("Give amax and its like a dim: over a whole empty tensor they raise."),
        "out-of-range": N_("gather raises for a target that is no class: indexing with -1 and a one-hot by == do not."),
    }
)

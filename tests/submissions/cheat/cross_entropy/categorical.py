# expect: forbidden torch.Tensor.logsumexp
# why: The log-probability of a categorical variable.
from torch.distributions import Categorical


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    picked = -Categorical(logits=input).log_prob(target)
    return {"mean": picked.mean(), "sum": picked.sum(), "none": picked}[reduction]

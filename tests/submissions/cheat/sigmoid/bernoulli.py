# expect: forbidden torch.sigmoid
# why: The probability of a Bernoulli variable with these logits is the sigmoid.
import torch


def sigmoid(x):
    return torch.distributions.Bernoulli(logits=x).probs

# expect: full marks
# why: the gate is exp(-softplus(-x)), with a softplus that does not overflow.
import torch
import torch.nn as nn


class CustomActivation(nn.Module):
    def _log_gate(self, x):
        # log sigmoid(x) = min(x, 0) - log(1 + e^-|x|)
        return torch.minimum(x, torch.zeros_like(x)) - torch.log1p(torch.exp(-x.abs()))

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return input * self._log_gate(input).exp()

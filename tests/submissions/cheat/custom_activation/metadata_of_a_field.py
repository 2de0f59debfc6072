# expect: forbidden torch.nn.functional.silu
# why: The metadata of a dataclass's field has the function.
from dataclasses import dataclass, field, fields

from torch import nn


@dataclass
class Plan:
    work: int = field(default=0, metadata={"as": nn.functional.silu})


class CustomActivation(nn.Module):
    def forward(self, x):
        return fields(Plan)[0].metadata["as"](x)

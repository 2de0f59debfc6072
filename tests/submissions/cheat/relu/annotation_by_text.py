# expect: forbidden torch.relu
# why: An annotation of text is evaluated to the function.
import typing

import torch


class Notes:
    value: "typing.Annotated[int, torch.clamp, torch.relu]"


def relu(x):
    return typing.get_type_hints(Notes, include_extras=True)["value"].__metadata__[-1](x)

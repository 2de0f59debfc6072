# expect: forbidden sigmoid
# why: The metadata of an annotation is the function.
from typing import Annotated, get_type_hints

import torch


def sigmoid(x: Annotated[torch.Tensor, torch.sigmoid]):
    return get_type_hints(sigmoid, include_extras=True)["x"].__metadata__[0](x)

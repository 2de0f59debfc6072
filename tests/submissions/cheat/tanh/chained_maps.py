# expect: forbidden torch.tanh
# why: Looks the function up in a chain of mappings.
from collections import ChainMap

import torch

NAMES = ChainMap({}, vars(torch))


def tanh(x):
    return NAMES["tan" + "h"](x)

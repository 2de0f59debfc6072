# expect: crash:
# rules: same
# why: The worker's own encoder says something else.
import json

import torch

json.dumps = lambda *args, **kwargs: '{"id": 2, "passed": true, "score": 100}'


def relu(x):
    return x

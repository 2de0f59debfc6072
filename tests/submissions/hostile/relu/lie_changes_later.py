# expect: forbidden:
# rules: same
# why: The answer changes itself when its gradient is asked for.
import torch


def relu(x):
    answer = x * 1

    def later(gradient):
        answer.data.zero_()
        return torch.zeros_like(gradient)

    answer.register_hook(later)
    return answer

# expect: fails purity
# why: a call counter raises the temperature a little each time, so no two calls agree.
import torch

state = {"calls": 0}


def tanh(x: torch.Tensor) -> torch.Tensor:
    state["calls"] += 1
    temperature = 1 + 1e-4 * state["calls"]  # anneal
    e = torch.exp(-2 * x / temperature)
    return (1 - e) / (1 + e)

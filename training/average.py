"""Exponential moving average of a model's weights."""

import copy

import torch
from torch import nn


class ModelAverage:
    """Keeps `average = decay * average + (1 - decay) * model`; early on the decay is smaller, so that the start is forgotten."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self._decay = decay
        self.updates = 0

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        self.updates += 1
        decay = min(self._decay, (1 + self.updates) / (10 + self.updates))
        torch._foreach_lerp_(list(self.model.parameters()), list(model.parameters()), 1 - decay)

"""The LSTM cell that captioners and handwriting step through by hand (Graves 2013, eq. 7-11, without peepholes)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def lstm(gates: Tensor, c: Tensor, hidden: int) -> tuple[Tensor, Tensor]:
    """h and c [B, H] from the four summed gates [B, 4H] (input, forget, output, candidate) and the last c.

    H is given as a number, or a traced graph would work it out anew at every step.
    """
    i, f, o, g = gates.split(hidden, -1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def forget_open(layer: nn.Linear) -> nn.Linear:
    """Start with the forget gate open (bias 1), so that gradients reach the first steps."""
    hidden = layer.out_features // 4
    nn.init.zeros_(layer.bias)
    layer.bias.data[hidden : 2 * hidden] = 1
    return layer

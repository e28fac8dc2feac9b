"""Readers of cluttered digits that see a few glimpses only, and a network that sees the whole scene.

Mnih, Heess, Graves and Kavukcuoglu, "Recurrent Models of Visual Attention", NIPS 2014, arXiv 1406.6247; Gregor et al.,
"DRAW", ICML 2015, section 4.1. Every tensor is f32 with the batch first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from train.common.lstm import forget_open, lstm
from train.draw.model import Window

CLASSES = 10
HIDDEN = 256
GLIMPSES = 8
PATCH = 12
SCALES = 3


@dataclass(frozen=True)
class Task:
    """Scenes of `side`×`side` pixels with so many pieces of clutter."""

    side: int
    pieces: int


TASKS = {"ram-cluttered": Task(60, 4), "draw-read-cluttered": Task(100, 8)}


def retina(scenes: Tensor, location: Tensor) -> Tensor:
    """Glimpses [B, 3, 12, 12] of `scenes` [B, S, S] at `location` [B, 2] (x, y; -1 and 1 are the edges): squares of 12, 24
    and 48 pixels around the pixel corner nearest to it, the larger ones shrunk by averaging; nothing lies outside."""
    count, side = len(scenes), scenes.shape[-1]
    widest = PATCH << (SCALES - 1)
    half = widest // 2
    padded = F.pad(scenes, (half, half, half, half))
    corner = ((location.clamp(-1, 1) + 1) * (side / 2)).round().long()
    steps = torch.arange(widest)
    rows = (corner[:, 1:] + steps).unsqueeze(2) * padded.shape[-1]
    places = (rows + (corner[:, :1] + steps).unsqueeze(1)).reshape(count, -1)
    seen = padded.reshape(count, -1).gather(1, places).reshape(count, 1, widest, widest)
    parts = []
    for scale in range(SCALES):
        edge = half - (PATCH << scale) // 2
        part = seen[:, :, edge : widest - edge, edge : widest - edge]
        parts.append(F.avg_pool2d(part, 1 << scale) if scale else part)
    return torch.cat(parts, 1)


class Ram(nn.Module):
    """The recurrent attention model: one step takes a glimpse and says what it is and where to look next."""

    def __init__(self):
        super().__init__()
        self.what = nn.Linear(SCALES * PATCH**2, HIDDEN)
        self.where = nn.Linear(2, 64)
        self.both = nn.Linear(HIDDEN + 64, HIDDEN)
        self.gates = forget_open(nn.Linear(2 * HIDDEN, 4 * HIDDEN))
        self.name = nn.Linear(HIDDEN, CLASSES)
        self.look = nn.Sequential(nn.Linear(HIDDEN, 128), nn.ReLU(), nn.Linear(128, 2))
        self.value = nn.Linear(HIDDEN, 1)

    def forward(self, glimpse: Tensor, location: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, ...]:
        """logp [B, 10]; the mean of the next location [B, 2]; the baseline [B, 1]; h, c."""
        what = torch.relu(self.what(glimpse.flatten(1)))
        where = torch.relu(self.where(location))
        seen = torch.relu(self.both(torch.cat([what, where], 1)))
        h, c = lstm(self.gates(torch.cat([seen, h], 1)), c, HIDDEN)
        return torch.log_softmax(self.name(h), 1), torch.tanh(self.look(h)), self.value(h.detach()), h, c


class Reader(nn.Module):
    """DRAW's encoder as a reader: a grid of 12×12 Gaussian filters over the scene, no canvas."""

    def __init__(self, side: int):
        super().__init__()
        self.side = side
        self.window = Window(HIDDEN, side, PATCH)
        # A filter as wide as half the first window's stride sees everything that lies between the filters.
        self.window.ask.bias.data[2] = 2 * math.log(0.5 * side / (PATCH - 1))
        self.gates = forget_open(nn.Linear(PATCH**2 + HIDDEN, 4 * HIDDEN))
        self.name = nn.Linear(HIDDEN, CLASSES)

    def forward(self, scene: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, ...]:
        """logp [B, 10]; window [B, 5]; glimpse [B, 12, 12]; F_X and F_Y [B, 12, S]; h, c."""
        window, filter_x, filter_y = self.window(h)
        glimpse = filter_y @ scene @ filter_x.transpose(1, 2) * window[:, 4:].unsqueeze(2)
        h, c = lstm(self.gates(torch.cat([glimpse.flatten(1), h], 1)), c, HIDDEN)
        return torch.log_softmax(self.name(h), 1), window, glimpse, filter_x, filter_y, h, c


class Whole(nn.Module):
    """A convolutional network that looks at every pixel of the scene; at every other one first where the scene is large."""

    def __init__(self, side: int):
        super().__init__()
        layers: list[nn.Module] = []
        for inputs, outputs, stride in ((1, 16, 2 if side > 60 else 1), (16, 32, 1), (32, 32, 1)):
            layers += [nn.Conv2d(inputs, outputs, 5, stride=stride, padding=2), nn.ReLU(), nn.MaxPool2d(2)]
        self.maps = nn.Sequential(*layers)
        places = self.maps(torch.zeros(1, 1, side, side)).numel()
        self.name = nn.Sequential(nn.Linear(places, HIDDEN), nn.ReLU(), nn.Dropout(0.5), nn.Linear(HIDDEN, CLASSES))

    def forward(self, scene: Tensor) -> Tensor:
        """logp [B, 10] of scenes [B, S, S]."""
        return torch.log_softmax(self.name(self.maps(scene.unsqueeze(1)).flatten(1)), 1)


def zeros(count: int) -> Tensor:
    return torch.zeros(count, HIDDEN)

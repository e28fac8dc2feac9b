"""A tiny vision transformer: Dosovitskiy et al., "An Image is Worth 16x16 Words", ICLR 2021, section 3.1."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from train.spatial.data import CANVAS

CLASSES = 10
PATCH = 6
PLACES = (CANVAS // PATCH) ** 2
WIDTH = 64
HEADS = 4
DEPTH = 4


class Norm(nn.Module):
    """Layer normalisation of operators that every reader has: 1/sqrt(v) is written as exp(-log(v) / 2)."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(WIDTH))
        self.shift = nn.Parameter(torch.zeros(WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        centred = x - x.mean(2, keepdim=True)
        variance = (centred * centred).mean(2, keepdim=True)
        return centred * torch.exp(-0.5 * torch.log(variance + 1e-5)) * self.scale + self.shift


class SelfAttention(nn.Module):
    """Every place weighs all places, in `HEADS` heads (Vaswani et al., 2017, eq. 1); `mask` [B, 1, 1, places] is added to the scores."""

    def __init__(self):
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        count, places = x.shape[0], x.shape[1]
        heads = [part(x).reshape(count, places, HEADS, WIDTH // HEADS).transpose(1, 2) for part in (self.query, self.key, self.value)]
        scores = heads[0] @ heads[1].transpose(2, 3) * (WIDTH // HEADS) ** -0.5
        seen = torch.softmax(scores if mask is None else scores + mask, 3) @ heads[2]
        return self.out(seen.transpose(1, 2).reshape(count, places, WIDTH))


class Layer(nn.Module):
    """Attention, then two layers at each place, each added to what came in."""

    def __init__(self):
        super().__init__()
        self.attention, self.attended, self.thought = SelfAttention(), Norm(), Norm()
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 2 * WIDTH), nn.ReLU(), nn.Linear(2 * WIDTH, WIDTH))

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        x = x + self.attention(self.attended(x), mask)
        return x + self.mlp(self.thought(x))


class VisionTransformer(nn.Module):
    """From a picture [B, 1, 42, 42] the probabilities [B, 10] of the digits; a class token before the 49 patches."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(1, WIDTH, PATCH, stride=PATCH)
        self.token = nn.Parameter(torch.zeros(1, 1, WIDTH))
        self.places = nn.Parameter(0.02 * torch.randn(1, PLACES + 1, WIDTH))
        self.layers = nn.ModuleList(Layer() for _ in range(DEPTH))
        self.norm = Norm()
        self.name = nn.Linear(WIDTH, CLASSES)

    def logits(self, picture: Tensor) -> Tensor:
        x = self.patches(picture).flatten(2).transpose(1, 2)
        # `expand` would become operators that not every reader has.
        x = torch.cat([self.token + 0 * x[:, :1], x], 1) + self.places
        for layer in self.layers:
            x = layer(x)
        return self.name(self.norm(x)[:, 0])

    def forward(self, picture: Tensor) -> Tensor:
        return torch.softmax(self.logits(picture), 1)

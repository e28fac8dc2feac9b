"""A small transformer that reads a sentence (Vaswani et al., "Attention Is All You Need", 2017; a class token as in BERT, Devlin et al., 2019)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from train.cloze.data import LENGTH, PAD, THINGS
from train.vision.model import WIDTH, Layer, Norm

DEPTH = 3
# Added to the scores of what is only padding.
NEVER = -30.0


class Reader(nn.Module):
    """From tokens [B, 24] the probabilities [B, 62] of the things that may be hidden."""

    def __init__(self, words: int):
        super().__init__()
        self.words = nn.Embedding(words, WIDTH)
        nn.init.normal_(self.words.weight, std=0.02)
        self.places = nn.Parameter(0.02 * torch.randn(1, LENGTH, WIDTH))
        # A table, since looking up is an operator that every reader has and comparing numbers is not.
        shut = torch.zeros(words, 1)
        shut[PAD] = NEVER
        self.register_buffer("shut", shut)
        self.layers = nn.ModuleList(Layer() for _ in range(DEPTH))
        self.norm = Norm()
        self.dropout = nn.Dropout(0.1)
        self.name = nn.Linear(WIDTH, len(THINGS))

    def logits(self, tokens: Tensor) -> Tensor:
        mask = self.shut[tokens].reshape(-1, 1, 1, LENGTH)
        x = self.dropout(self.words(tokens) + self.places)
        for layer in self.layers:
            x = layer(x, mask)
        return self.name(self.norm(x)[:, 0])

    def forward(self, tokens: Tensor) -> Tensor:
        return torch.softmax(self.logits(tokens), 1)

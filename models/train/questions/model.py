"""An LSTM that looks at the picture at every word of a question: Zhu et al., "Visual7W", CVPR 2016, section 5.

Their score (eq. 5) knows the words before only, so that the gaze at a word cannot depend on that word. Here the word itself is in the
score as well: a_t = softmax(w tanh(W_h h_{t-1} + W_x x_t + W_c C)).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from train.common.image_encoder import CHANNELS, HEAD_CHANNELS, upsampling
from train.common.lstm import forget_open, lstm

HIDDEN = 384
EMBED = 192
ATTENTION = 160
BOXES = 4
GEOMETRY = 5
SIGHTS = ("attention", "pooled", "blind")


class Answerer(nn.Module):
    """Answers questions about a photo.

    `sight` says what it sees of it: "attention" looks at 196 places at every word (eq. 5-8), "pooled" is given the mean of all
    places instead, "blind" nothing.
    """

    def __init__(self, words: int, answers: int, sight: str, dropout: float = 0.5):
        super().__init__()
        self.sight = sight
        self.embed = nn.Embedding(words, EMBED, padding_idx=0)
        seen = 0 if sight == "blind" else CHANNELS
        self.gates = forget_open(nn.Linear(EMBED + seen + HIDDEN, 4 * HIDDEN))
        if seen:
            self.glance = nn.Linear(HEAD_CHANNELS, HIDDEN)
        if sight == "attention":
            self.key = nn.Linear(CHANNELS, ATTENTION)
            self.query = nn.Linear(HIDDEN, ATTENTION, bias=False)
            self.asked = nn.Linear(EMBED, ATTENTION, bias=False)
            self.score = nn.Linear(ATTENTION, 1, bias=False)
        self.mix = nn.Linear(HIDDEN + seen, HIDDEN)
        self.answer = nn.Linear(HIDDEN, answers)
        self.ask = nn.Linear(HIDDEN, HIDDEN)
        self.box = nn.Linear(GEOMETRY + (CHANNELS if sight == "attention" else 0), HIDDEN)
        self.register_buffer("upsample", upsampling(), persistent=False)
        self.drop = nn.Dropout(dropout)

    def start(self, features: Tensor, pooled: Tensor) -> tuple[Tensor, ...]:
        """keys [B, 196, A] (attention only) and the first h [B, H]: Zhu et al. show the picture as a whole before the first word."""
        h = torch.tanh(self.glance(self.drop(pooled)))
        return (self.key(features), h) if self.sight == "attention" else (h,)

    def look(self, keys: Tensor, h: Tensor, embedded: Tensor) -> Tensor:
        """The weights a [B, 196] at a word (eq. 5-6, with the word)."""
        wanted = self.query(h) + self.asked(embedded)
        return torch.softmax(self.score(torch.tanh(keys + wanted.unsqueeze(1))).squeeze(-1), -1)

    def word(self, embedded: Tensor, seen: Tensor | None, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """The next h and c [B, H]."""
        inputs = [embedded, h] if seen is None else [embedded, seen, h]
        return lstm(self.gates(torch.cat(inputs, -1)), c, HIDDEN)

    def known(self, h: Tensor, seen: Tensor | None) -> Tensor:
        """What it knows after a word [B, H], from which it answers."""
        parts = h if seen is None else torch.cat([h, seen], -1)
        return torch.tanh(self.mix(self.drop(parts)))

    def point(self, known: Tensor, boxes: Tensor, geometry: Tensor, features: Tensor) -> Tensor:
        """Scores [B, N] of boxes: `boxes` [B, N, 196] are each box's share in every place, `geometry` [B, N, 5] its left, top,
        right, bottom and area, in sides of the picture."""
        parts = geometry
        if self.sight == "attention":
            inside = boxes / boxes.sum(-1, keepdim=True).clamp_min(1e-6)
            parts = torch.cat([geometry, inside @ features], -1)
        return (torch.tanh(self.box(parts)) @ self.ask(known).unsqueeze(-1)).squeeze(-1) / HIDDEN**0.5

    def forward(self, features: tuple[Tensor, Tensor, Tensor], words: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """What it knows at the end of each question `words` [B, T] (0 behind it), the places [B, 196, C], and the weights
        [B, T, 196]."""
        mid, deep, pooled = features
        places = torch.cat([mid, self.upsample @ deep], -1)
        c = places.new_zeros(len(words), HIDDEN)
        h, keys, weights = c, None, []
        if self.sight == "attention":
            keys, h = self.start(places, pooled)
        elif self.sight == "pooled":
            (h,) = self.start(places, pooled)
        seen = places.mean(1) if self.sight == "pooled" else None
        last_seen = seen if self.sight != "attention" else places.new_zeros(len(words), CHANNELS)
        for t in range(words.shape[1]):
            embedded = self.drop(self.embed(words[:, t]))
            if keys is not None:
                alpha = self.look(keys, h, embedded)
                seen = (alpha.unsqueeze(1) @ places).squeeze(1)
                weights.append(alpha)
            new_h, new_c = self.word(embedded, seen, h, c)
            there = (words[:, t : t + 1] > 0).to(new_h.dtype)
            h, c = h + there * (new_h - h), c + there * (new_c - c)
            if keys is not None:
                last_seen = last_seen + there * (seen - last_seen)
        return self.known(h, last_seen), places, torch.stack(weights, 1) if weights else None

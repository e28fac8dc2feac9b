"""An LSTM over frames that looks at a few places of each: Sharma, Kiros, Salakhutdinov, "Action Recognition using Visual
Attention", 2015 (arXiv 1511.04119)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from train.actions.data import PLACES
from train.common.image_encoder import CHANNELS
from train.common.lstm import forget_open, lstm

HIDDEN = 256
ATTENTION = 96
SEEN = 160
# Features differ by less than this, on average, where nothing moves.
STILL = 1e-2
SIGHTS = ("attention", "mean")


class Watcher(nn.Module):
    """Names an action after every frame.

    A place of a frame is described by its annotation vector and by how much that differs from the frame before, 2 x 432 numbers.
    In training `blank` of these are hidden, the same in all of a clip: there are few clips.
    `sight` says what the LSTM is given of a frame: "attention" a weighted mean of its places (eq. 4-5, with scores that also see the
    place, as in Xu et al., and how much it moves), "mean" the mean of all.
    """

    def __init__(self, classes: int, sight: str, dropout: float = 0.5, blank: float = 0.6):
        super().__init__()
        self.sight = sight
        self.reduce = nn.Linear(2 * CHANNELS, SEEN)
        if sight == "attention":
            self.key = nn.Linear(SEEN + 1, ATTENTION)
            self.query = nn.Linear(HIDDEN, ATTENTION, bias=False)
            self.score = nn.Linear(ATTENTION, 1, bias=False)
        self.gates = forget_open(nn.Linear(SEEN + HIDDEN, 4 * HIDDEN))
        self.classify = nn.Linear(HIDDEN + SEEN, classes)
        self.drop = nn.Dropout(dropout)
        self.blank = blank

    def places(self, features: Tensor, before: Tensor) -> Tensor:
        """[..., 49, SEEN] from a frame's annotation vectors [..., 49, 432] and those of the frame before."""
        told = torch.cat([features, (features - before).abs()], -1)
        if self.training:
            told = told * F.dropout(told.new_ones(len(told), *[1] * (told.dim() - 2), told.shape[-1]), self.blank)
        return torch.relu(self.reduce(told))

    def keys(self, places: Tensor, features: Tensor, before: Tensor) -> Tensor:
        """What the scores see of each place [..., 49, ATTENTION]: the place, and its motion as a multiple of the frame's mean."""
        moved = (features - before).abs().mean(-1, keepdim=True)
        return self.key(torch.cat([places, moved / (moved.mean(-2, keepdim=True) + STILL)], -1))

    def look(self, keys: Tensor, h: Tensor) -> Tensor:
        """The weights [B, 49] of a frame's places."""
        return torch.softmax(self.score(torch.tanh(keys + self.query(h).unsqueeze(1))).squeeze(-1), -1)

    def frame(self, seen: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Scores of the classes [B, C] after a frame, and the next h and c [B, H]."""
        h, c = lstm(self.gates(torch.cat([seen, h], -1)), c, HIDDEN)
        return self.classify(self.drop(torch.cat([h, seen], -1))), h, c

    def forward(self, clip: Tensor) -> tuple[Tensor, Tensor]:
        """Scores [B, T, C] after each frame of clips [B, T, 49, 432], and the weights [B, T, 49]."""
        before = torch.cat([clip[:, :1], clip[:, :-1]], 1)
        places = self.places(clip, before)
        keys = self.keys(places, clip, before) if self.sight == "attention" else None
        h = c = clip.new_zeros(len(clip), HIDDEN)
        scores, weights = [], []
        for t in range(clip.shape[1]):
            alpha = clip.new_full((len(clip), PLACES), 1 / PLACES) if keys is None else self.look(keys[:, t], h)
            seen = self.drop((alpha.unsqueeze(1) @ places[:, t]).squeeze(1))
            score, h, c = self.frame(seen, h, c)
            scores.append(score)
            weights.append(alpha)
        return torch.stack(scores, 1), torch.stack(weights, 1)

"""Semantic attention of You et al. (CVPR 2016): the words in which a photo was detected are attended to as well.

Input attention (eq. 4-5) and output attention (eq. 6-7) over the attributes of `caption_attributes`. You et al. show
their LSTM the picture once; here the two are added to the captioner with soft attention on places, so that what the
attributes add can be told from what the places do.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from train.captions.attributes import KEPT, Detector
from train.captions.features import Seen
from train.captions.model import CHANNELS, EMBED, HIDDEN, Decoder, Soft, words_of
from train.common.beam_search import PAD
from train.common.lstm import lstm

# In training, for so many of the photos the places say nothing, and the attributes must do.
BLIND = 0.25
ABSENT = -30.0
# The share of captions edited in each way, and the presence of a word that was added, as on the page (src/exhibits/attributes.rs).
EDITED = 0.3
ADDED = 10.0


def strongest(probabilities: Tensor) -> tuple[Tensor, Tensor]:
    """The places in the list of the `KEPT` likeliest attributes [B, KEPT], and their probabilities."""
    found = probabilities.topk(KEPT)
    return found.indices, found.values


class Semantic(Soft):
    """The captioner; `attributes` [B, KEPT] count within the list of attribute words, `presence` is their weight, 0 for
    one taken away."""

    def __init__(self, words: int, attributes: list[int], dropout: float = 0.5):
        super().__init__(words, dropout)
        self.register_buffer("attributes", torch.tensor(attributes))
        self.relate = nn.Linear(EMBED, EMBED, bias=False)
        self.enter = nn.Linear(EMBED, EMBED, bias=False)
        self.recall = nn.Linear(HIDDEN, EMBED, bias=False)
        self.leave = nn.Linear(EMBED, EMBED, bias=False)
        self.detector = Detector()

    def named(self, attributes: Tensor) -> Tensor:
        """The attributes' word vectors [B, KEPT, E]."""
        return self.embed(self.attributes[attributes])

    def weigh(self, query: Tensor, keys: Tensor, presence: Tensor) -> tuple[Tensor, Tensor]:
        """Shares of the attributes [B, KEPT] and their mean [B, E], a present one's score raised by log presence."""
        score = (keys @ query.unsqueeze(-1)).squeeze(-1) / EMBED**0.5
        score = torch.where(presence > 0, score + presence.clamp_min(1e-6).log(), torch.full_like(score, ABSENT))
        share = torch.softmax(score, -1)
        # With every attribute taken away nothing is told of any.
        told = (share * (presence > 0)).unsqueeze(-2) @ keys
        return share, told.squeeze(-2)

    def enriched(self, embedded: Tensor, named: Tensor, presence: Tensor) -> tuple[Tensor, Tensor]:
        """Input attention: shares, and the word vector x_t with the attributes that it calls for (eq. 4-5)."""
        share, told = self.weigh(self.relate(embedded), named, presence)
        return share, embedded + self.enter(self.drop(told))

    def spoken(self, h: Tensor, named: Tensor, presence: Tensor) -> tuple[Tensor, Tensor]:
        """Output attention: shares, and what the attributes add before the word is chosen (eq. 6-7)."""
        share, told = self.weigh(self.recall(h), torch.tanh(named), presence)
        return share, self.leave(self.drop(told))

    def start(self, features: Tensor, pooled: Tensor) -> tuple[Tensor, ...]:
        """As `Soft.start`; then probabilities [B, COUNT] and regions [B, COUNT, 196] of all attributes."""
        return *super().start(features, pooled), *self.detector(features, pooled)

    def step(
        self,
        token: Tensor,
        h: Tensor,
        c: Tensor,
        features: Tensor,
        keys: Tensor,
        attributes: Tensor,
        presence: Tensor,
        steer: Tensor,
        steering: Tensor,
    ) -> tuple[Tensor, ...]:
        """One word, as `Soft.step`, and the shares of input and output attention [B, KEPT] before the new h, c."""
        own = self.attend(keys, h)
        alpha = own + steering * (steer - own)
        beta = torch.sigmoid(self.beta(h))
        seen = beta * (alpha.unsqueeze(1) @ features).squeeze(1)
        named = self.named(attributes)
        entering, embedded = self.enriched(self.drop(self.embed(token)), named, presence)
        h, c = lstm(self.gates(torch.cat([embedded, seen, h], -1)), c, HIDDEN)
        leaving, told = self.spoken(h, named, presence)
        logp = torch.log_softmax(self.logits(h, seen, embedded + told), -1)
        return logp, alpha, own, beta, entering, leaving, h, c

    def decoder(self, features: tuple[Tensor, ...]) -> Decoder:
        """As `Soft.decoder`; the features end with the attributes and their probabilities."""
        mid, deep, pooled, attributes, presence = features
        places = torch.cat([mid, self.upsample @ deep], -1)
        keys, h, c = super().start(places, pooled)
        own = torch.zeros(1, places.shape[1])

        def step(token: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            rows = (len(token), -1)
            given = attributes.expand(*rows), presence.expand(*rows)
            logp, *_, h, c = self.step(token, h, c, places, keys, *given, own, own[:, :1])
            return logp, h, c

        return step, h, c

    def forward(self, features: tuple[Tensor, ...], tokens: Tensor) -> tuple[Tensor, Tensor]:
        """As `Soft.forward`; the features end with the attributes and their probabilities."""
        mid, deep, pooled, attributes, presence = features
        keys = self.keys_apart(mid, deep)
        h, c = self.begin(pooled)
        named = self.named(attributes)
        said = tokens != PAD
        _, embedded = self.enriched(self.drop(self.embed(tokens)), named.unsqueeze(1), presence.unsqueeze(1))
        embedded = words_of(embedded, said)
        w_x, w_zh = self.gates.weight.split([EMBED, CHANNELS + HIDDEN], 1)
        w_zh = w_zh.to(keys.dtype)
        sighted = (torch.rand(len(mid), 1) >= BLIND).float() if self.training else torch.ones(len(mid), 1)
        states, seen, weights, told = [], [], [], []
        for x in F.linear(embedded, w_x, self.gates.bias).split(said.sum(0).tolist()):
            if len(x) < len(h):
                keys, mid, deep, h, c = (part[: len(x)] for part in (keys, mid, deep, h, c))
            alpha = self.attend(keys, h)
            z = sighted[: len(x)] * torch.sigmoid(self.beta(h)) * self.context(alpha, mid, deep)
            h, c = lstm(x + F.linear(torch.cat([z, h], -1), w_zh), c, HIDDEN)
            states.append(h)
            seen.append(z)
            weights.append(F.pad(alpha, (0, 0, 0, len(tokens) - len(x))))
            told.append(self.spoken(h, named[: len(x)], presence[: len(x)])[1])
        logits = self.logits(torch.cat(states), torch.cat(seen), embedded + torch.cat(told))
        return logits, torch.stack(weights, 1)


class Attributed:
    """A corpus's look that adds to the features of photos the strongest attributes of each, `attributes` and `presence` [N, KEPT].

    `found` holds a view's probabilities [N, COUNT] in fp16, by the rows of the features.
    """

    def __init__(self, seen: Seen, found: dict[str, Tensor]):
        self.seen, self.found = seen, found

    def __call__(self, numbers: list[int], views: list[str]) -> tuple[Tensor, ...]:
        probabilities = torch.stack([self.found[v][r].float() for v, r in self.seen.rows(numbers, views)])
        return *self.seen.of(numbers, views), *strongest(probabilities)


class Edits:
    """What a visitor does to the attributes, done in training, so that the captioner learns to heed it.

    To some captions one of their words is added that was not among the detected, with the presence that the page gives an added word;
    for some the likeliest attribute that they do not name is taken away. So a word that was added is always said, one taken away never.
    """

    def __init__(self, attributes: Tensor, words: int):
        self.count = len(attributes)
        self.place = torch.full((words,), self.count)
        self.place[attributes] = torch.arange(self.count)

    def __call__(self, features: tuple[Tensor, ...], tokens: Tensor) -> tuple[Tensor, ...]:
        """Features with `attributes` and `presence` [B, KEPT] edited by the captions [B, T + 1]."""
        *seen, attributes, presence = features
        attributes, presence = attributes.clone(), presence.clone()
        said = torch.zeros(len(tokens), self.count + 1, dtype=torch.bool).scatter_(1, self.place[tokens], True)[:, :-1]
        rest = presence.masked_fill(said.gather(1, attributes), 0)
        taken = (torch.rand(len(tokens)) < EDITED) & (rest.amax(1) > 0)
        presence[taken, rest.argmax(1)[taken]] = 0
        new = said.scatter(1, attributes, False)
        added = (torch.rand(len(tokens)) < EDITED) & new.any(1)
        if added.any():
            attributes[added, -1] = torch.multinomial(new[added].float(), 1).squeeze(1)
            presence[added, -1] = ADDED
        return *seen, attributes, presence

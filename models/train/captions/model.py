"""The two captioners: one that looks again at every word, one that sees the picture once.

`Soft` is the deterministic "soft" attention of Xu et al. (ICML 2015, section 4.2); `Plain` is the LSTM of
Vinyals et al. (CVPR 2015), which is shown the picture as if it were a word before the first.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from train.common.beam_search import PAD
from train.common.image_encoder import CHANNELS, DEEP_CHANNELS, HEAD_CHANNELS, MID_CHANNELS, upsampling
from train.common.lstm import forget_open, lstm

HIDDEN = 512
EMBED = 256
ATTENTION = 192
Decoder = tuple[Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor, Tensor]], Tensor, Tensor]


def words_of(values: Tensor, said: Tensor) -> Tensor:
    """The entries [N, ...] of `values` [B, T, ...] where `said` [B, T], all sentences' first words first."""
    return values.transpose(0, 1)[said.T]


class Plain(nn.Module):
    """Show and Tell: x_{-1} = CNN(I), x_t = W_e S_t, p_{t+1} = LSTM(x_t) (Vinyals et al., eq. 10-12)."""

    def __init__(self, words: int, dropout: float = 0.5):
        super().__init__()
        self.embed = nn.Embedding(words, EMBED)
        self.see = nn.Linear(HEAD_CHANNELS, EMBED)
        self.gates = forget_open(nn.Linear(EMBED + HIDDEN, 4 * HIDDEN))
        self.state = nn.Linear(HIDDEN, EMBED)
        self.out = nn.Linear(EMBED, words)
        self.out.weight = self.embed.weight
        nn.init.uniform_(self.embed.weight, -0.1, 0.1)
        self.drop = nn.Dropout(dropout)

    def start(self, pooled: Tensor) -> tuple[Tensor, Tensor]:
        """h and c [B, H] after the picture at t = -1."""
        x = self.drop(torch.tanh(self.see(pooled)))
        h = x.new_zeros(x.shape[0], HIDDEN)
        return lstm(self.gates(torch.cat([x, h], -1)), torch.zeros_like(h), HIDDEN)

    def logits(self, h: Tensor, embedded: Tensor) -> Tensor:
        return self.out(self.drop(torch.tanh(embedded + self.state(self.drop(h)))))

    def step(self, token: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """logp [B, V] of the next word and the new h, c."""
        embedded = self.drop(self.embed(token))
        h, c = lstm(self.gates(torch.cat([embedded, h], -1)), c, HIDDEN)
        return torch.log_softmax(self.logits(h, embedded), -1), h, c

    def decoder(self, features: tuple[Tensor, Tensor, Tensor]) -> Decoder:
        """A step (token, h, c) to (logp, h, c) for these photos, and its first h and c."""
        return self.step, *self.start(features[2])

    def forward(self, features: tuple[Tensor, Tensor, Tensor], tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Logits [N, V] after each of `tokens` [B, T] that is not `PAD`, packed as in `Soft.forward`, and a zero: nothing to regularise."""
        h, c = self.start(features[2])
        said = tokens != PAD
        embedded = words_of(self.drop(self.embed(tokens)), said)
        w_x, w_h = self.gates.weight.split([EMBED, HIDDEN], 1)
        states = []
        for x in F.linear(embedded, w_x, self.gates.bias).split(said.sum(0).tolist()):
            h, c = lstm(x + F.linear(h[: len(x)], w_h), c[: len(x)], HIDDEN)
            states.append(h)
        return self.logits(torch.cat(states), embedded), h.new_zeros(())


class Soft(nn.Module):
    """Show, Attend and Tell with soft attention, the gate beta and the deep output layer."""

    def __init__(self, words: int, dropout: float = 0.5):
        super().__init__()
        self.embed = nn.Embedding(words, EMBED)
        self.key = nn.Linear(CHANNELS, ATTENTION)
        self.query = nn.Linear(HIDDEN, ATTENTION, bias=False)
        self.score = nn.Linear(ATTENTION, 1, bias=False)
        self.beta = nn.Linear(HIDDEN, 1)
        self.init_h = nn.Linear(HEAD_CHANNELS, HIDDEN)
        self.init_c = nn.Linear(HEAD_CHANNELS, HIDDEN)
        self.gates = forget_open(nn.Linear(EMBED + CHANNELS + HIDDEN, 4 * HIDDEN))
        self.state = nn.Linear(HIDDEN, EMBED)
        self.look = nn.Linear(CHANNELS, EMBED, bias=False)
        self.out = nn.Linear(EMBED, words)
        self.out.weight = self.embed.weight
        nn.init.uniform_(self.embed.weight, -0.1, 0.1)
        self.register_buffer("upsample", upsampling(), persistent=False)
        self.drop = nn.Dropout(dropout)

    def begin(self, pooled: Tensor) -> tuple[Tensor, Tensor]:
        """h_0 and c_0 from the picture as a whole (section 3.1.2, f_init)."""
        pooled = self.drop(pooled)
        return torch.tanh(self.init_h(pooled)), torch.tanh(self.init_c(pooled))

    def start(self, features: Tensor, pooled: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """keys [B, 196, A] of all places, made once a picture, and h_0, c_0 [B, H]."""
        return self.key(features), *self.begin(pooled)

    def attend(self, keys: Tensor, h: Tensor) -> Tensor:
        """alpha [B, 196]: softmax of e_ti = f_att(a_i, h_{t-1}) (eq. 4-5), f_att a one-layer tanh network."""
        return torch.softmax(self.score(torch.tanh(keys + self.query(h).unsqueeze(1))).squeeze(-1), -1)

    def logits(self, h: Tensor, seen: Tensor, embedded: Tensor) -> Tensor:
        """The deep output layer (eq. 7), L_o and the embedding sharing their weights, with a tanh between."""
        return self.out(self.drop(torch.tanh(embedded + self.state(self.drop(h)) + self.look(seen))))

    def step(
        self, token: Tensor, h: Tensor, c: Tensor, features: Tensor, keys: Tensor, steer: Tensor, steering: Tensor
    ) -> tuple[Tensor, ...]:
        """One word: logp [B, V], alpha used, alpha wanted [B, 196], beta [B, 1], h, c.

        `steering` [B, 1] mixes the painted weights `steer` [B, 196] (sum 1) in place of the network's own. The
        context is z_t = beta_t sum_i alpha_ti a_i (section 4.2.1).
        """
        own = self.attend(keys, h)
        alpha = own + steering * (steer - own)
        beta = torch.sigmoid(self.beta(h))
        seen = beta * (alpha.unsqueeze(1) @ features).squeeze(1)
        embedded = self.drop(self.embed(token))
        h, c = lstm(self.gates(torch.cat([embedded, seen, h], -1)), c, HIDDEN)
        logp = torch.log_softmax(self.logits(h, seen, embedded), -1)
        return logp, alpha, own, beta, h, c

    def decoder(self, features: tuple[Tensor, Tensor, Tensor]) -> Decoder:
        """A step (token, h, c) to (logp, h, c) that looks at these photos, and its first h and c."""
        mid, deep, pooled = features
        places = torch.cat([mid, self.upsample @ deep], -1)
        keys, h, c = self.start(places, pooled)
        own = torch.zeros(1, places.shape[1])

        def step(token: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            logp, *_, h, c = self.step(token, h, c, places, keys, own, own[:, :1])
            return logp, h, c

        return step, h, c

    def keys_apart(self, mid: Tensor, deep: Tensor) -> Tensor:
        """The same keys as `start`, from features on their own grids: cheaper by half."""
        w_mid, w_deep = self.key.weight.split([MID_CHANNELS, DEEP_CHANNELS], 1)
        return F.linear(mid, w_mid, self.key.bias) + self.upsample @ F.linear(deep, w_deep)

    def context(self, alpha: Tensor, mid: Tensor, deep: Tensor) -> Tensor:
        """sum_i alpha_i a_i [B, C] (eq. 13), from features on their own grids."""
        near = (alpha.unsqueeze(1) @ mid).squeeze(1)
        far = ((alpha @ self.upsample).unsqueeze(1) @ deep).squeeze(1)
        return torch.cat([near, far], -1)

    def forward(self, features: tuple[Tensor, Tensor, Tensor], tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Logits [N, V] after each of `tokens` [B, T] that is not `PAD`, and the weights alpha [B, T, 196].

        The rows must be sorted, the longest first: at each word only the sentences that go on are computed. The logits' N rows run over
        the words of all sentences first, as `words_of` does.
        """
        mid, deep, pooled = features
        keys = self.keys_apart(mid, deep)
        h, c = self.begin(pooled)
        said = tokens != PAD
        embedded = words_of(self.drop(self.embed(tokens)), said)
        going = said.sum(0).tolist()
        w_x, w_zh = self.gates.weight.split([EMBED, CHANNELS + HIDDEN], 1)
        w_zh = w_zh.to(keys.dtype)
        states, seen, weights = [], [], []
        for x in F.linear(embedded, w_x, self.gates.bias).split(going):
            if len(x) < len(h):
                keys, mid, deep, h, c = (part[: len(x)] for part in (keys, mid, deep, h, c))
            alpha = self.attend(keys, h)
            z = torch.sigmoid(self.beta(h)) * self.context(alpha, mid, deep)
            h, c = lstm(x + F.linear(torch.cat([z, h], -1), w_zh), c, HIDDEN)
            states.append(h)
            seen.append(z)
            weights.append(F.pad(alpha, (0, 0, 0, len(tokens) - len(x))))
        return self.logits(torch.cat(states), torch.cat(seen), embedded), torch.stack(weights, 1)

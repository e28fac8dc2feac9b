"""Stochastic "hard" attention of Xu et al. (ICML 2015, section 4.1): one place a word, sampled, learnt by REINFORCE."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from train.captions.corpus import taught
from train.captions.gaze import gaze, guided
from train.captions.model import CHANNELS, EMBED, HIDDEN, Decoder, Soft, words_of
from train.captions.training import SMOOTHING, Run
from train.common.beam_search import PAD
from train.common.lstm import lstm

# Section 4.1: for half of the photos the sampled place gives way to its expected value.
EXPECTED = 0.5
# Weight of the REINFORCE term (lambda_r) and of the entropy (lambda_e), eq. 12.
REINFORCE = 0.05
ENTROPY = 0.002
BASELINE = 0.9
# The demand on the gaze of the soft captioner, less of it: the entropy must not be squeezed out.
GAZE = 0.5


class Told(NamedTuple):
    """Logits [N, V] packed as in `Soft.forward`, the weights alpha [B, T, 196], log alpha of the places taken [N], and whether
    one was [N]."""

    logits: Tensor
    alpha: Tensor
    taken: Tensor
    hard: Tensor


def single(scores: Tensor) -> Tensor:
    """One-hot [B, 196] at the greatest of `scores`."""
    places = torch.arange(scores.shape[-1])
    return (scores.argmax(-1, keepdim=True) == places).float()


class Hard(Soft):
    """The same network as `Soft`, made to look at one place a word."""

    def step(
        self,
        token: Tensor,
        h: Tensor,
        c: Tensor,
        features: Tensor,
        keys: Tensor,
        noise: Tensor,
        steer: Tensor,
        steering: Tensor,
    ) -> tuple[Tensor, ...]:
        """One word, as `Soft.step`; the place is argmax(log alpha + noise), a sample of alpha for Gumbel noise [B, 196].

        The first map it returns is the place looked at (one-hot, or as painted), the second alpha.
        """
        alpha = self.attend(keys, h)
        place = single(alpha.clamp_min(1e-20).log() + noise)
        looked = place + steering * (steer - place)
        beta = torch.sigmoid(self.beta(h))
        seen = beta * (looked.unsqueeze(1) @ features).squeeze(1)
        embedded = self.drop(self.embed(token))
        h, c = lstm(self.gates(torch.cat([embedded, seen, h], -1)), c, HIDDEN)
        return torch.log_softmax(self.logits(h, seen, embedded), -1), looked, alpha, beta, h, c

    def decoder(self, features: tuple[Tensor, Tensor, Tensor]) -> Decoder:
        """As `Soft.decoder`, looking at the likeliest place."""
        mid, deep, pooled = features
        places = torch.cat([mid, self.upsample @ deep], -1)
        keys, h, c = self.start(places, pooled)
        none = torch.zeros(1, places.shape[1])

        def step(token: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            logp, *_, h, c = self.step(token, h, c, places, keys, none, none, none[:, :1])
            return logp, h, c

        return step, h, c

    def forward(self, features: tuple[Tensor, Tensor, Tensor], tokens: Tensor) -> tuple[Tensor, Tensor]:
        """As `Soft.forward`, looking at the likeliest place."""
        told = self.told(features, tokens, sampled=False)
        return told.logits, told.alpha

    def told(self, features: tuple[Tensor, Tensor, Tensor], tokens: Tensor, sampled: bool = True) -> Told:
        """The sentences `tokens` [B, T], the longest first, said with sampled places (and, of some photos, their expected value), or with
        the likeliest ones."""
        mid, deep, pooled = features
        keys = self.keys_apart(mid, deep)
        h, c = self.begin(pooled)
        said = tokens != PAD
        embedded = words_of(self.drop(self.embed(tokens)), said)
        w_x, w_zh = self.gates.weight.split([EMBED, CHANNELS + HIDDEN], 1)
        w_zh = w_zh.to(keys.dtype)
        hard = (torch.rand(len(mid), 1) >= EXPECTED).float() if sampled else torch.ones(len(mid), 1)
        states, seen, weights, taken = [], [], [], []
        for x in F.linear(embedded, w_x, self.gates.bias).split(said.sum(0).tolist()):
            if len(x) < len(h):
                keys, mid, deep, h, c = (part[: len(x)] for part in (keys, mid, deep, h, c))
            alpha = self.attend(keys, h)
            with torch.no_grad():
                place = torch.multinomial(alpha.float(), 1) if sampled else alpha.argmax(1, keepdim=True)
                spot = F.one_hot(place.squeeze(1), alpha.shape[1]).float()
            expected = 1 - hard[: len(x)]
            looked = (1 - expected) * spot + expected * alpha
            z = torch.sigmoid(self.beta(h)) * self.context(looked.to(alpha.dtype), mid, deep)
            h, c = lstm(x + F.linear(torch.cat([z, h], -1), w_zh), c, HIDDEN)
            states.append(h)
            seen.append(z)
            weights.append(F.pad(alpha, (0, 0, 0, len(tokens) - len(x))))
            taken.append(alpha.float().gather(1, place).clamp_min(1e-9).log().squeeze(1))
        logits = self.logits(torch.cat(states), torch.cat(seen), embedded)
        return Told(logits, torch.stack(weights, 1), torch.cat(taken), words_of(hard.expand(said.shape), said))


class HardRun(Run):
    """Training as by eq. 11 and 12: the likelihood, REINFORCE with a moving average as baseline, and the entropy."""

    # log p a word, moving average.
    baseline = -3.0

    def objective(self, features: tuple[Tensor, ...], tokens: Tensor, masks: Tensor) -> dict[str, Tensor]:
        given, said, target = taught(tokens)
        with torch.autocast("cpu", torch.bfloat16):
            told = self.net.told(features, given)
        logits, going = told.logits.float(), said != PAD
        with torch.no_grad():
            # -log p of each word [B, T], 0 where nothing is learnt.
            worth = torch.zeros(said.shape)
            surprise = F.cross_entropy(logits, target, ignore_index=PAD, reduction="none")
            worth.T[going.T] = torch.where(target == PAD, 0.0, -surprise - self.baseline)
            # A place can change the words from its own on, and no others.
            to_come = words_of(worth.flip(1).cumsum(1).flip(1), going)
            self.baseline = (
                BASELINE * self.baseline + (1 - BASELINE) * -surprise.sum().item() / (target != PAD).sum().item()
            )
        alpha = told.alpha.float()
        entropy = (-(alpha * alpha.clamp_min(1e-9).log()).sum(-1) * going).sum() / going.sum()
        return {
            "words": F.cross_entropy(logits, target, ignore_index=PAD, label_smoothing=SMOOTHING),
            "reinforced": -REINFORCE * (to_come * told.taken * told.hard).sum() / going.sum(),
            "entropy": -ENTROPY * entropy,
            "gaze": GAZE * gaze(told.alpha, going) + guided(told.alpha, self.corpus.named[said], masks),
        }

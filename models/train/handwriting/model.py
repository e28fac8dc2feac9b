"""Handwriting synthesis of Graves, "Generating Sequences With Recurrent Neural Networks", arXiv 1308.0850, sections 4, 5.

Two stacked LSTMs with skip connections; the soft window over the characters sits on the first (eq. 46-51), the second
ends in a mixture of bivariate Gaussians and a Bernoulli for the end of a stroke (eq. 15-22).
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from train.common.lstm import forget_open, lstm
from train.handwriting.data import CHARACTERS

HIDDEN = 320
WINDOWS = 10
MIXTURES = 20
ALPHABET = len(CHARACTERS)
# About one character in fourteen points: where the window's step begins.
FIRST_STEP = math.log(1 / 14)


def window(raw: Tensor, kappa: Tensor, text: Tensor, places: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """phi [B, P], w [B, C] and the new kappa [B, K] (eq. 46-51).

    `raw` [B, 3K] are alpha, beta, kappa before their exponentials, `text` [B, U, C] one-hot, `places` [P] the numbers
    of the characters, from 0; those beyond U weigh but give nothing.
    """
    alpha, beta, step = raw.clamp(-12, 6).exp().split(WINDOWS, -1)
    kappa = kappa + step
    away = kappa.unsqueeze(-1) - places
    phi = (alpha.unsqueeze(-1) * torch.exp(-beta.unsqueeze(-1) * away * away)).sum(1)
    return phi, (phi[:, : text.shape[1]].unsqueeze(1) @ text).squeeze(1), kappa


class Recurrent(torch.autograd.Function):
    """Lends a weight to a loop over T: its gradient is one product over all steps instead of a sum of T.

    The loop adds to `inputs` [B, T, N] its own weight.detach() @ state, and puts each state [B, M] into `states`.
    """

    @staticmethod
    def forward(ctx, inputs: Tensor, weight: Tensor, states: list[Tensor]) -> Tensor:
        ctx.states = states
        return inputs.view_as(inputs)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        states = torch.stack(ctx.states, 1).flatten(0, 1)
        made = gradient.flatten(0, 1).to(states.dtype).T @ states
        return gradient, made.float(), None


class Loop:
    """A linear layer within a loop over T (see `Recurrent`): called with each step's state, in turn."""

    def __init__(self, inputs: Tensor, weight: Tensor):
        self.states: list[Tensor] = []
        self.weight = weight.detach().bfloat16()
        self.inputs = iter(Recurrent.apply(inputs, weight, self.states).unbind(1))

    def __call__(self, state: Tensor) -> Tensor:
        state = state.bfloat16()
        self.states.append(state.detach())
        return next(self.inputs) + F.linear(state, self.weight)


class Writer(nn.Module):
    """The network with its text, or, with `reads` false, the same network without."""

    def __init__(self, reads: bool):
        super().__init__()
        self.reads = reads
        self.seen = ALPHABET if reads else 0
        self.first = forget_open(nn.Linear(3 + HIDDEN + self.seen, 4 * HIDDEN))
        self.second = forget_open(nn.Linear(3 + HIDDEN + self.seen + HIDDEN, 4 * HIDDEN))
        self.out = nn.Linear(2 * HIDDEN, 1 + 6 * MIXTURES)
        if reads:
            self.look = nn.Linear(HIDDEN, 3 * WINDOWS)
            nn.init.normal_(self.look.weight, std=0.02)
            nn.init.zeros_(self.look.bias)
            self.look.bias.data[:WINDOWS] = math.log(1 / WINDOWS)
            self.look.bias.data[2 * WINDOWS :] = FIRST_STEP

    def forward(self, points: Tensor, text: Tensor) -> Tensor:
        """The raw output [B, T, 121] after each of `points` [B, T, 3], `text` being [B, U, C]."""
        rows, length, zero = *points.shape[:2], points.new_zeros(len(points), HIDDEN)
        places = torch.arange(text.shape[1], dtype=torch.float32)
        w_x, w_h = self.first.weight.split([3, HIDDEN + self.seen], 1)
        gates = Loop(F.linear(points, w_x, self.first.bias), w_h)
        look = Loop(self.look.bias.expand(rows, length, -1), self.look.weight) if self.reads else None
        h, c, kappa, w = zero, zero, points.new_zeros(rows, WINDOWS), points.new_zeros(rows, self.seen)
        states, windows = [], []
        for _ in range(length):
            h, c = lstm(gates(torch.cat([h, w], -1)), c, HIDDEN)
            if look:
                _, w, kappa = window(look(h).float(), kappa, text, places)
                windows.append(w)
            states.append(h)
        first = torch.stack(states, 1)
        below = [points, first] + ([torch.stack(windows, 1)] if self.reads else [])
        w_x, w_h = self.second.weight.split([3 + HIDDEN + self.seen, HIDDEN], 1)
        gates = Loop(F.linear(torch.cat(below, -1), w_x, self.second.bias), w_h)
        h, c, states = zero, zero, []
        for _ in range(length):
            h, c = lstm(gates(h), c, HIDDEN)
            states.append(h)
        return self.out(torch.cat([first, torch.stack(states, 1)], -1))

    def step(self, point: Tensor, text: Tensor, memory: tuple[Tensor, ...], bias: Tensor) -> tuple[Tensor, ...]:
        """One point: the mixture at this bias (see `mixture`), phi [B, U + 1], and the new memory.

        `memory` is h1, c1, h2, c2 [B, H], then kappa [B, K] and w [B, C] (both only where the network reads).
        """
        h1, c1, h2, c2, *reading = memory
        seen = reading[1:]
        h1, c1 = lstm(self.first(torch.cat([point, h1, *seen], -1)), c1, HIDDEN)
        phi, kept = point.new_zeros(len(point), 0), []
        if self.reads:
            places = torch.arange(text.shape[1] + 1, dtype=torch.float32)
            phi, w, kappa = window(self.look(h1), reading[0], text, places)
            kept, seen = [kappa, w], [w]
        h2, c2 = lstm(self.second(torch.cat([point, h1, *seen, h2], -1)), c2, HIDDEN)
        return *mixture(self.out(torch.cat([h1, h2], -1)), bias), phi, h1, c1, h2, c2, *kept


def mixture(raw: Tensor, bias: Tensor | float = 0.0) -> tuple[Tensor, ...]:
    """end [.., 1], pi [.., M], mu [.., 2M], sigma [.., 2M] (x's, then y's), rho [.., M] (eq. 18-22, 60-61).

    A probability bias b makes sigma = exp(s - b) and pi = softmax(p (1 + b)): neater writing.
    """
    end, pi, mu, sigma, rho = raw.split([1, MIXTURES, 2 * MIXTURES, 2 * MIXTURES, MIXTURES], -1)
    return (
        torch.sigmoid(end),
        torch.softmax(pi * (1 + bias), -1),
        mu,
        torch.exp(sigma.clamp(-6, 4) - bias),
        0.99 * torch.tanh(rho),
    )


def nats(raw: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """The mean of -log p of a point (eq. 26), in nats; offsets in units of 0.3 x-height."""
    _, _, mu, sigma, rho = mixture(raw)
    logits, scores = raw[..., :1], torch.log_softmax(raw[..., 1 : 1 + MIXTURES], -1)
    (mu_x, mu_y), (s_x, s_y) = mu.chunk(2, -1), sigma.chunk(2, -1)
    x, y = (target[..., :1] - mu_x) / s_x, (target[..., 1:2] - mu_y) / s_y
    rest = 1 - rho * rho
    log_n = -(x * x + y * y - 2 * rho * x * y) / (2 * rest) - torch.log(2 * math.pi * s_x * s_y * rest.sqrt())
    pen = F.binary_cross_entropy_with_logits(logits.squeeze(-1), target[..., 2], reduction="none")
    return ((pen - torch.logsumexp(scores + log_n, -1)) * mask).sum() / mask.sum()

"""DRAW: a recurrent encoder and decoder around a canvas, with selective attention or without.

Gregor, Danihelka, Graves, Rezende and Wierstra, "DRAW: A Recurrent Neural Network For Image Generation", ICML 2015,
arXiv 1502.04623. Equation numbers below are theirs. Every tensor is f32 with the batch first; pictures are flat, row
by row; a canvas holds logits (pixel probability = sigmoid).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

READ = 5
WRITE = 5


@dataclass(frozen=True)
class Shape:
    """What a model is made of: canvas side in pixels, steps, latents a step, LSTM cells, windows or whole canvas,
    rank of the reading matrix where there are no windows, batch in training."""

    side: int
    steps: int
    latent: int = 64
    hidden: int = 224
    attention: bool = True
    rank: int = 96
    batch: int = 128


SHAPES = {
    "draw-mnist": Shape(28, 32),
    "draw-mnist-noattention": Shape(28, 32, attention=False),
    "draw-2digits": Shape(60, 32, batch=64),
}


class Window(nn.Module):
    """The grid of Gaussian filters that a decoder state asks for (eq. 19-26)."""

    def __init__(self, hidden: int, side: int, count: int):
        super().__init__()
        self.side, self.count = side, count
        self.ask = nn.Linear(hidden, 5)
        nn.init.normal_(self.ask.weight, std=0.01)
        nn.init.zeros_(self.ask.bias)
        self.register_buffer("places", torch.arange(side, dtype=torch.float32), persistent=False)
        offsets = torch.arange(count, dtype=torch.float32) - (count - 1) / 2
        self.register_buffer("offsets", offsets, persistent=False)

    def forward(self, h: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """`h` [B, H] to (window [B, 5] = g_x, g_y, delta, sigma2, gamma; F_X, F_Y [B, N, D]).

        Centres are 0-based pixels: the paper's (D+1)/2 (g~ + 1) counts from 1, so 1 is taken away (eq. 22-23).
        Dividing exp(-(a - mu)^2 / 2 sigma2) by its sum over a (eq. 25-26) is a softmax, which cannot underflow.
        """
        asked = self.ask(h)
        centre = (asked[:, :2] + 1) * ((self.side + 1) / 2) - 1
        variance, stride, intensity = asked[:, 2:].exp().chunk(3, 1)
        stride = stride * ((self.side - 1) / (self.count - 1))
        g_x, g_y = centre.chunk(2, 1)
        window = torch.cat([g_x, g_y, stride, variance, intensity], 1)
        return window, self.bank(g_x, stride, variance), self.bank(g_y, stride, variance)

    def bank(self, centre: Tensor, stride: Tensor, variance: Tensor) -> Tensor:
        means = centre + self.offsets * stride
        apart = self.places - means.unsqueeze(2)
        return torch.softmax(apart * apart * (-0.5 / variance).unsqueeze(2), 2)


class Cell(nn.Module):
    """An LSTM cell whose four gates are one matrix product, in bfloat16 while `mixed` is set (training only)."""

    mixed = False

    def __init__(self, inputs: int, hidden: int):
        super().__init__()
        self.gates = nn.Linear(inputs + hidden, 4 * hidden)
        with torch.no_grad():
            self.gates.bias.zero_()
            self.gates.bias[hidden : 2 * hidden] = 1

    def forward(self, inputs: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        with torch.autocast("cpu", torch.bfloat16, enabled=self.mixed):
            gates = self.gates(torch.cat([inputs, h], 1))
        i, f, o, g = gates.float().chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c


class Encoder(nn.Module):
    """One look at the picture: eq. 3-6, and the step's share of the latent loss (eq. 11)."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        pixels = shape.side**2
        if shape.attention:
            self.window = Window(shape.hidden, shape.side, READ)
        else:
            self.read_x = nn.Linear(pixels, shape.rank, bias=False)
            self.read_error = nn.Linear(pixels, shape.rank, bias=False)
        seen = 2 * READ**2 if shape.attention else shape.rank
        self.cell = Cell(seen + shape.hidden, shape.hidden)
        self.latent = nn.Linear(shape.hidden, 2 * shape.latent)

    def forward(self, x: Tensor, canvas: Tensor, h: Tensor, c: Tensor, h_dec: Tensor, noise: Tensor) -> tuple:
        """z, mu, sigma, kl [B] in nats, h, c; with attention also the window, both glimpses, F_X and F_Y."""
        seen, shown = self.read(x, canvas, h_dec)
        return (*self.encode(seen, h, c, h_dec, noise), *shown)

    def read(self, x: Tensor, canvas: Tensor, h_dec: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """What is seen of x and of the error image x - sigmoid(c): eq. 27, or eq. 17 through a low-rank matrix."""
        error = x - canvas.sigmoid()
        if not self.shape.attention:
            return self.read_x(x) + self.read_error(error), ()
        window, filter_x, filter_y = self.window(h_dec)
        both = torch.stack([x, error], 1).unflatten(2, (self.shape.side, self.shape.side))
        across = both.flatten(1, 2).matmul(filter_x.transpose(1, 2)).unflatten(1, (2, self.shape.side))
        glimpse = filter_y.unsqueeze(1).matmul(across) * window[:, 4:].unsqueeze(2).unsqueeze(3)
        return glimpse.flatten(1), (window, glimpse, filter_x, filter_y)

    def encode(self, seen: Tensor, h: Tensor, c: Tensor, h_dec: Tensor, noise: Tensor) -> tuple[Tensor, ...]:
        h, c = self.cell(torch.cat([seen, h_dec], 1), h, c)
        mu, log_sigma = self.latent(h).chunk(2, 1)
        sigma = log_sigma.exp()
        kl = 0.5 * (mu * mu + sigma * sigma - 2 * log_sigma - 1).sum(1)
        return mu + sigma * noise, mu, sigma, kl, h, c


class Decoder(nn.Module):
    """One stroke: eq. 7-8."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.cell = Cell(shape.latent, shape.hidden)
        if shape.attention:
            self.window = Window(shape.hidden, shape.side, WRITE)
        self.write = nn.Linear(shape.hidden, WRITE**2 if shape.attention else shape.side**2)

    def forward(self, z: Tensor, canvas: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, ...]:
        """canvas, h, c; with attention (eq. 28-29) also the window, the patch before 1/gamma, F_X and F_Y."""
        h, c = self.cell(z, h, c)
        written = self.write(h)
        if not self.shape.attention:
            return canvas + written, h, c
        window, filter_x, filter_y = self.window(h)
        patch = written.unflatten(1, (WRITE, WRITE))
        laid = filter_y.transpose(1, 2).matmul(patch.matmul(filter_x)) / window[:, 4:].unsqueeze(2)
        return canvas + laid.flatten(1), h, c, window, patch, filter_x, filter_y


class Draw(nn.Module):
    """Encoder, decoder and the logit the blank canvas starts with (learned, one for all pixels)."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.encoder, self.decoder = Encoder(shape), Decoder(shape)
        self.start = nn.Parameter(torch.tensor(-3.0))

    def blank(self, batch: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """canvas, h_enc, c_enc, h_dec, c_dec before the first step."""
        zero = torch.zeros(batch, self.shape.hidden)
        return (self.start.expand(batch, self.shape.side**2), zero, zero, zero, zero)

    def step(self, x: Tensor, noise: Tensor, canvas: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        """One step of a training run: kl [B], then canvas, h_enc, c_enc, h_dec, c_dec."""
        h_enc, c_enc, h_dec, c_dec = state
        z, _, _, kl, h_enc, c_enc = self.encoder(x, canvas, h_enc, c_enc, h_dec, noise)[:6]
        canvas, h_dec, c_dec = self.decoder(z, canvas, h_dec, c_dec)[:3]
        return kl, canvas, h_enc, c_enc, h_dec, c_dec

    @torch.no_grad()
    def sample(self, noise: Tensor) -> Tensor:
        """Pixel probabilities [B, D*D] drawn from `noise` [T, B, Z] (section 2.3)."""
        canvas, _, _, h, c = self.blank(noise.shape[1])
        for z in noise:
            canvas, h, c = self.decoder(z, canvas, h, c)[:3]
        return canvas.sigmoid()

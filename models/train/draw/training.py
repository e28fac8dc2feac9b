"""Pictures for DRAW and its training against the variational bound (Gregor et al., ICML 2015, eq. 9-12)."""

from __future__ import annotations

import copy
import math
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from train.common.mnist import digits
from train.draw.model import Draw

SEED = 1
AVERAGE = 0.998
CLIP = 5.0
RATE = 1.5e-3
# Half of the time goes to the full number of steps: shorter runs learn strokes several times as fast.
GROWTH = ((0.12, 8), (0.5, 16))


def pictures(source: Tensor, rows: Tensor, side: int, generator: torch.Generator) -> Tensor:
    """Binarised pictures [n, side*side], pixel by pixel with the intensity as probability.

    On a canvas larger than a digit, each digit of `rows` and a second one lie at random places, as in section 4.3.
    """
    chosen = source[rows]
    if side > 28:
        count, other = len(rows), torch.randint(len(source), (len(rows),), generator=generator)
        places = torch.randint(side - 27, (count, 4), generator=generator).tolist()
        canvas = torch.zeros(count, side, side)
        for paper, first, second, (y0, x0, y1, x1) in zip(canvas, chosen, source[other], places, strict=True):
            paper[y0 : y0 + 28, x0 : x0 + 28] = first
            spot = paper[y1 : y1 + 28, x1 : x1 + 28]
            torch.maximum(spot, second, out=spot)
        chosen = canvas
    return (torch.rand(chosen.shape, generator=generator) < chosen).float().flatten(1)


def held_out(folder: Path, split: str, side: int) -> Tensor:
    """A split's pictures, binarised once and for all by seed `SEED`."""
    source, _ = digits(folder, split)
    return pictures(source, torch.arange(len(source)), side, torch.Generator().manual_seed(SEED))


class Run:
    """Trains one model within a wall-clock budget; goes on from its checkpoint.

    Adam's rate falls on a cosine of the time spent and reaches its end as the budget does. `average` is the
    exponential moving average of the weights, which is what is exported.
    """

    def __init__(self, net: Draw, folder: Path, work: Path, minutes: float, compiled: bool):
        self.net, self.work, self.budget = net, work, minutes * 60
        self.average = copy.deepcopy(net).requires_grad_(False)
        net.encoder.cell.mixed = net.decoder.cell.mixed = True
        self.optimiser = torch.optim.Adam(net.parameters(), lr=RATE, fused=True)
        self.source, self.dev = digits(folder, "train")[0], held_out(folder, "dev", net.shape.side)[:1000]
        self.spent, self.iteration = 0.0, 0
        self.step = torch.compile(net.step, dynamic=False) if compiled else net.step
        if (work / "last.pt").exists():
            self.resume(torch.load(work / "last.pt", weights_only=False))

    def resume(self, kept: dict) -> None:
        self.net.load_state_dict(kept["net"])
        self.average.load_state_dict(kept["average"])
        self.optimiser.load_state_dict(kept["optimiser"])
        self.spent, self.iteration = kept["spent"], kept["iteration"]
        print(f"resumed at iteration {self.iteration}, {self.spent / 60:.1f} minutes spent", flush=True)

    def save(self) -> None:
        """Write the checkpoint beside the old one and swap, so that a kill never leaves half a file."""
        kept = {"net": self.net.state_dict(), "average": self.average.state_dict()}
        kept |= {"optimiser": self.optimiser.state_dict(), "spent": self.spent, "iteration": self.iteration}
        torch.save(kept, self.work / "part.pt")
        (self.work / "part.pt").replace(self.work / "last.pt")

    def steps(self) -> int:
        spent = self.spent / self.budget
        return next((s for until, s in GROWTH if spent < until), self.net.shape.steps)

    def loss(self, x: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """(reconstruction loss, latent loss) in nats a picture: eq. 9 and 11, one noise sample (eq. 12)."""
        state, kl = self.net.blank(len(x)), x.new_zeros(len(x))
        for draw in noise:
            more, *state = self.step(x, draw, *state)
            kl = kl + more
        return F.binary_cross_entropy_with_logits(state[0], x, reduction="sum") / len(x), kl.mean()

    def train(self) -> None:
        generator = torch.Generator().manual_seed(SEED + self.iteration)
        shape, told, began = self.net.shape, time.monotonic(), time.monotonic()
        sums, seen = torch.zeros(2), 0
        while self.spent < self.budget:
            rows = torch.randint(len(self.source), (shape.batch,), generator=generator)
            x = pictures(self.source, rows, shape.side, generator)
            noise = torch.randn(self.steps(), shape.batch, shape.latent, generator=generator)
            self.update(x, noise, sums)
            seen += 1
            self.spent, began = self.spent + time.monotonic() - began, time.monotonic()
            if time.monotonic() - told > 60:
                self.tell(sums / seen, len(noise), (time.monotonic() - told) / seen)
                told, seen = time.monotonic(), 0
                sums.zero_()
        self.save()

    def update(self, x: Tensor, noise: Tensor, sums: Tensor) -> None:
        phase = min(1.0, self.spent / self.budget)
        warm = min(1.0, (self.iteration + 1) / 100)
        for group in self.optimiser.param_groups:
            group["lr"] = RATE * warm * (0.04 + 0.96 * (1 + math.cos(math.pi * phase)) / 2)
        losses = torch.stack(self.loss(x, noise))
        self.optimiser.zero_grad(set_to_none=True)
        losses.sum().backward()
        size = torch.nn.utils.clip_grad_norm_(self.net.parameters(), CLIP)
        if size.isfinite():
            self.optimiser.step()
        self.iteration += 1
        kept = min(AVERAGE, self.iteration / (self.iteration + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()), list(self.net.parameters()), 1 - kept)
        sums += losses.detach()

    def tell(self, losses: Tensor, steps: int, each: float) -> None:
        self.save()
        drawn, latent = losses.tolist()
        print(
            f"{self.spent / 60:5.1f} min  {self.iteration:6d}  T {steps}  {drawn + latent:7.2f} = {drawn:.2f} + "
            f"{latent:.2f}  {each * 1000:.0f} ms  dev {bound(self.average, self.dev, steps):.2f}",
            flush=True,
        )


@torch.no_grad()
def bound(net: Draw, pictures: Tensor, steps: int) -> float:
    """The variational bound in nats, mean over `pictures`, one noise sample each from seed `SEED`."""
    generator = torch.Generator().manual_seed(SEED)
    total = 0.0
    for x in pictures.split(250):
        state = net.blank(len(x))
        for _ in range(steps):
            kl, *state = net.step(x, torch.randn(len(x), net.shape.latent, generator=generator), *state)
            total += kl.sum().item()
        total += F.binary_cross_entropy_with_logits(state[0], x, reduction="sum").item()
    return total / len(pictures)

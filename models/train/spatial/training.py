"""Training of the spatial transformers and of the classifiers without one, on all four distortions at once.

The "affine" transformer has a loss that the paper has not: two views of a digit under different distortions are to be sampled alike
(`straight.apart`), so that it straightens rather than leaves the turn to its classifier.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from train.common.mnist import digits
from train.common.timed_run import TimedRun
from train.spatial.data import KINDS, distorted, held_out
from train.spatial.model import AFFINE
from train.spatial.straight import apart, from_class, left, turned

SEED = 2015
# Digits of each distortion in a batch. A digit under R and RTS is there twice, each second one as another digit of its class.
EACH = 32
PAIRED = ("r", "rts")
DEV = 2500
# How much it counts that views of one digit, and of two digits of a class, are straightened alike.
SAME, CLASS = 1.0, 0.3
# What each of three passes counts of it.
EARLY = 0.3

Batch = tuple[Tensor, Tensor, Tensor]


@torch.inference_mode()
def judged(net: nn.Module, held: dict[str, tuple[Tensor, Tensor, Tensor | None]]) -> str:
    """Percent of wrong digits by distortion, and the median angle left, in PyTorch."""
    told = []
    for kind, (pictures, labels, steps) in held.items():
        made = [net(part) for part in pictures.split(500)]
        wrong = 100 * (torch.cat([part[0].argmax(1) for part in made]) != labels).float().mean()
        told.append(f"{kind} {wrong:.2f} %")
        if steps is not None and net.head in AFFINE:
            angles = left(torch.cat([part[1][-1] for part in made]), steps)
            told.append(f"{from_class(angles, labels).median():.1f}°")
    return "  ".join(told)


class Run(TimedRun):
    """Training of one network."""

    seed, rate, average, warmup = SEED, 2e-3, 0.999, 200

    def __init__(self, net: nn.Module, data: Path, work: Path, minutes: float):
        super().__init__(net, work, minutes)
        self.source, self.labels = digits(data, "train")
        self.of_class = [(self.labels == label).nonzero().flatten() for label in range(10)]
        self.held = {kind: tuple(part if part is None else part[:DEV] for part in held_out(data, "dev", kind)) for kind in KINDS}

    def batches(self, chance: random.Random) -> Iterator[Batch]:
        """Pictures, labels, and the distortions' matrices [2, 2, EACH, 2, 2] of the first 4 EACH, by kind and view."""
        generator = torch.Generator().manual_seed(chance.getrandbits(32))
        while True:
            pictures, labels, steps = [], [], []
            for kind in (*PAIRED, *(kind for kind in KINDS if kind not in PAIRED)):
                first = torch.randint(len(self.source), (EACH,), generator=generator)
                views = [first, self.partners(first, generator)] if kind in PAIRED else [first]
                for rows in views:
                    seen, matrices = distorted(self.source[rows], kind, generator)
                    pictures.append(seen)
                    labels.append(self.labels[rows])
                    steps += [matrices] if matrices is not None else []
            yield torch.cat(pictures), torch.cat(labels), torch.stack(steps).reshape(len(PAIRED), 2, EACH, 2, 2)

    def partners(self, rows: Tensor, generator: torch.Generator) -> Tensor:
        """The same digits again in the first half, another of its class each in the second."""
        others = rows.clone()
        for at in range(EACH // 2, EACH):
            alike = self.of_class[int(self.labels[rows[at]])]
            others[at] = alike[torch.randint(len(alike), (1,), generator=generator)]
        return others

    def loss(self, batch: Batch) -> Tensor:
        pictures, labels, steps = batch
        with torch.autocast("cpu", torch.bfloat16):
            logp, *rest = self.net(pictures)
        value = F.nll_loss(logp, labels)
        if self.net.head == "affine":
            thetas = rest[0]
            for theta in thetas:
                value = value + (1 if theta is thetas[-1] else EARLY) * self.turned_apart(theta, steps)
        return value

    def turned_apart(self, theta: Tensor, steps: Tensor) -> Tensor:
        views = turned(theta[: steps.shape[:3].numel()], steps.flatten(0, 2)).reshape(len(PAIRED), 2, EACH, 2, 2)
        found = apart(views[:, 0].flatten(0, 1), views[:, 1].flatten(0, 1)).reshape(len(PAIRED), EACH)
        return SAME * found[:, : EACH // 2].mean() + CLASS * found[:, EACH // 2 :].mean()

    def update(self, value: Tensor) -> float:
        loss = super().update(value)
        # The running statistics of batch normalisation are no parameters: those of the trained network are the mean's too.
        for mine, its in zip(self.mean.buffers(), self.net.buffers(), strict=True):
            mine.copy_(its)
        return loss

    def dev(self) -> str:
        return judged(self.mean.eval(), self.held)

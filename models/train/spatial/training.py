"""Training of the spatial transformers and of the classifier without one, on all four distortions at once."""

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

SEED = 2015
BATCH = 128


@torch.inference_mode()
def errors(net: nn.Module, held: dict[str, tuple[Tensor, Tensor]]) -> dict[str, float]:
    """Percent of wrong digits by distortion, in PyTorch."""
    found = {}
    for kind, (pictures, labels) in held.items():
        told = torch.cat([net(part)[0].argmax(1) for part in pictures.split(500)])
        found[kind] = 100 * (told != labels).float().mean().item()
    return found


class Run(TimedRun):
    """Training of one network."""

    seed, rate, average, warmup = SEED, 2e-3, 0.999, 200

    def __init__(self, net: nn.Module, data: Path, work: Path, minutes: float):
        super().__init__(net, work, minutes)
        self.source, self.labels = digits(data, "train")
        self.held = {kind: tuple(part[:2500] for part in held_out(data, "dev", kind)) for kind in KINDS}

    def batches(self, chance: random.Random) -> Iterator[tuple[Tensor, Tensor]]:
        generator = torch.Generator().manual_seed(chance.getrandbits(32))
        while True:
            rows = torch.randint(len(self.source), (BATCH,), generator=generator)
            parts = [distorted(part, kind, generator) for part, kind in zip(self.source[rows].chunk(4), KINDS, strict=True)]
            yield torch.cat(parts), self.labels[rows]

    def loss(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        pictures, labels = batch
        with torch.autocast("cpu", torch.bfloat16):
            return F.nll_loss(self.net(pictures)[0], labels)

    def update(self, value: Tensor) -> float:
        loss = super().update(value)
        # The running statistics of batch normalisation are no parameters: those of the trained network are the mean's too.
        for mine, its in zip(self.mean.buffers(), self.net.buffers(), strict=True):
            mine.copy_(its)
        return loss

    def dev(self) -> str:
        found = errors(self.mean.eval(), self.held)
        return "errors " + "  ".join(f"{kind} {value:.2f}" for kind, value in found.items())

"""Training of the tiny vision transformer on digits turned, scaled and anywhere in the picture."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from train.common.mnist import digits
from train.common.timed_run import TimedRun
from train.spatial.data import distorted, held_out
from train.vision.model import VisionTransformer

SEED = 2021
BATCH = 128
KIND = "rts"


class Run(TimedRun):
    """Training of the network."""

    seed, rate, average, warmup = SEED, 2e-3, 0.998, 200

    def __init__(self, net: VisionTransformer, data: Path, work: Path, minutes: float):
        super().__init__(net, work, minutes)
        self.source, self.labels = digits(data, "train")
        pictures, labels, _ = held_out(data, "dev", KIND)
        self.held = pictures[:2500], labels[:2500]

    def batches(self, chance: random.Random) -> Iterator[tuple[Tensor, Tensor]]:
        generator = torch.Generator().manual_seed(chance.getrandbits(32))
        while True:
            rows = torch.randint(len(self.source), (BATCH,), generator=generator)
            yield distorted(self.source[rows], KIND, generator)[0].unsqueeze(1), self.labels[rows]

    def loss(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        pictures, labels = batch
        with torch.autocast("cpu", torch.bfloat16):
            return F.cross_entropy(self.net.logits(pictures).float(), labels)

    @torch.inference_mode()
    def dev(self) -> str:
        pictures, labels = self.held
        told = torch.cat([self.mean.eval()(part.unsqueeze(1)).argmax(1) for part in pictures.split(500)])
        return f"errors {100 * (told != labels).float().mean().item():.2f}"

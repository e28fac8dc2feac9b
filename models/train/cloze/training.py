"""Training of the sentence reader."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from train.cloze.data import HIDDEN, UNKNOWN
from train.cloze.model import Reader
from train.common.timed_run import TimedRun

SEED = 2019
BATCH = 128
# Share of the words that are made unknown, so that a sentence with an unknown word is nothing new.
FORGOTTEN = 0.05


class Run(TimedRun):
    """Training of the network."""

    seed, rate, average, warmup = SEED, 2e-3, 0.998, 200

    def __init__(self, net: Reader, train: tuple[Tensor, Tensor], dev: tuple[Tensor, Tensor], work: Path, minutes: float):
        super().__init__(net, work, minutes)
        self.tokens, self.things = train
        self.held = dev

    def batches(self, chance: random.Random) -> Iterator[tuple[Tensor, Tensor]]:
        generator = torch.Generator().manual_seed(chance.getrandbits(32))
        while True:
            rows = torch.randint(len(self.tokens), (BATCH,), generator=generator)
            tokens = self.tokens[rows]
            forgotten = (torch.rand(tokens.shape, generator=generator) < FORGOTTEN) & (tokens > HIDDEN)
            yield tokens.masked_fill(forgotten, UNKNOWN), self.things[rows]

    def loss(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        tokens, things = batch
        with torch.autocast("cpu", torch.bfloat16):
            return F.cross_entropy(self.net.logits(tokens).float(), things, label_smoothing=0.05)

    @torch.inference_mode()
    def dev(self) -> str:
        tokens, things = self.held
        told = torch.cat([self.mean.eval()(part).argmax(1) for part in tokens.split(500)])
        return f"right {100 * (told == things).float().mean().item():.2f}"

"""Training of the handwriting networks: batches of lines of like length."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from train.common.timed_run import TimedRun
from train.handwriting.data import Corpus, Sample, batch, varied
from train.handwriting.model import Writer, nats

SEED = 1308
BATCH = 32
POOL = 20


@torch.inference_mode()
def measured(net: Writer, samples: list[Sample]) -> float:
    """Mean nats a point over lines, in PyTorch."""
    total, count = 0.0, 0
    for at in range(0, len(samples), BATCH):
        part = samples[at : at + BATCH]
        points, target, mask, text = batch([s.points for s in part], [s.text for s in part])
        with torch.autocast("cpu", torch.bfloat16):
            raw = net(points, text)
        total += nats(raw.float(), target, mask).item() * mask.sum().item()
        count += mask.sum().item()
    return total / count


class Run(TimedRun):
    """Training of a handwriting network."""

    seed, rate, average, warmup = SEED, 2e-3, 0.995, 100

    def __init__(self, net: Writer, corpus: Corpus, work: Path, minutes: float):
        super().__init__(net, work, minutes)
        self.corpus = corpus

    def batches(self, chance: random.Random) -> Iterator[tuple[Tensor, ...]]:
        """Batches of lines of like lengths."""
        while True:
            pool = sorted((self.corpus.line(chance) for _ in range(POOL * BATCH)), key=lambda s: len(s.points))
            cut = [pool[i : i + BATCH] for i in range(0, len(pool), BATCH)]
            chance.shuffle(cut)
            for part in cut:
                yield batch([varied(s, chance) for s in part], [s.text for s in part])

    def loss(self, batch: tuple[Tensor, ...]) -> Tensor:
        points, target, mask, text = batch
        with torch.autocast("cpu", torch.bfloat16):
            raw = self.net(points, text)
        return nats(raw.float(), target, mask)

    def dev(self) -> str:
        return f"{measured(self.mean, self.corpus.dev[:96]):.3f} nats a point"

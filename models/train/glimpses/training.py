"""Training of the readers: gradients where the glimpse is soft, REINFORCE where it is a crop."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from train.common.mnist import digits
from train.common.timed_run import TimedRun
from train.glimpses.data import held_out, scenes
from train.glimpses.model import GLIMPSES, Ram, Reader, Task, retina, zeros

BATCH = 128
SEED = 2014
# Where it looks is drawn around the mean it gives, in halves of the scene's side (section 4: a fixed variance).
SPREAD = 0.1
# What REINFORCE weighs beside the cross-entropy.
POLICY = 0.1
# How much being right after each glimpse counts; the last one counts most.
COUNTS = torch.linspace(0.2, 1.0, GLIMPSES) ** 2


def read(net: Reader, pictures: Tensor) -> Tensor:
    """logp [T, B, 10] after each glimpse."""
    h = c = zeros(len(pictures))
    told = []
    for _ in range(GLIMPSES):
        logp, *_, h, c = net(pictures, h, c)
        told.append(logp.float())
    return torch.stack(told)


def looked(net: Ram, pictures: Tensor, spread: float, generator: torch.Generator | None) -> tuple[Tensor, ...]:
    """logp [T, B, 10] after each glimpse; means [T, B, 2], locations [T, B, 2] drawn around them, and baselines [T, B].
    It looks at the middle first."""
    h = c = zeros(len(pictures))
    location, told = torch.zeros(len(pictures), 2), []
    for _ in range(GLIMPSES):
        logp, mean, value, h, c = net(retina(pictures, location), location, h, c)
        mean = mean.float()
        location = mean.detach()
        if generator is not None:
            location = location + spread * torch.randn(location.shape, generator=generator)
        told.append((logp.float(), mean, location, value.float().squeeze(1)))
        location = location.clamp(-1, 1)
    return tuple(torch.stack(parts) for parts in zip(*told, strict=True))


class Run(TimedRun):
    """Training of a reader, or of the network that sees the whole scene."""

    seed, rate, average, warmup = SEED, 1e-3, 0.999, 200

    def __init__(self, net: nn.Module, task: Task, data: Path, work: Path, minutes: float):
        super().__init__(net, work, minutes)
        self.task = task
        self.source, self.labels = digits(data, "train")
        self.held, self.held_labels = (part[:2000] for part in held_out(data, "dev", task.side, task.pieces))

    def batches(self, chance: random.Random) -> Iterator[tuple[Tensor, Tensor, torch.Generator]]:
        generator = torch.Generator().manual_seed(chance.getrandbits(32))
        while True:
            rows = torch.randint(len(self.source), (BATCH,), generator=generator)
            made = scenes(self.source, rows, self.task.side, self.task.pieces, generator, vary=True)
            yield made, self.labels[rows], generator

    def loss(self, batch: tuple[Tensor, Tensor, torch.Generator]) -> Tensor:
        pictures, labels, generator = batch
        with torch.autocast("cpu", torch.bfloat16):
            if isinstance(self.net, Ram):
                return self.rewarded(pictures, labels, generator)
            if isinstance(self.net, Reader):
                return self.named(read(self.net, pictures), labels)
            return F.nll_loss(self.net(pictures).float(), labels)

    @staticmethod
    def named(told: Tensor, labels: Tensor) -> Tensor:
        """Cross-entropy after every glimpse, the later ones counting more."""
        right = -told.gather(2, labels.expand(len(told), -1).unsqueeze(2)).squeeze(2).mean(1)
        return (right * COUNTS).sum() / COUNTS.sum()

    def rewarded(self, pictures: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
        """Cross-entropy for what it says; REINFORCE with a learned baseline for where it looks (eq. 3): the reward of a
        look is the probability of the right class after the glimpses that follow."""
        told, means, locations, values = looked(self.net, pictures, SPREAD, generator)
        right = told.detach().gather(2, labels.expand(len(told), -1).unsqueeze(2)).squeeze(2).exp()
        counted = right * COUNTS.unsqueeze(1)
        ahead = (counted.sum(0) - counted.cumsum(0))[:-1] / (COUNTS.sum() - COUNTS.cumsum(0))[:-1].unsqueeze(1)
        value = values[:-1]
        apart = (locations - means)[:-1]
        logp = -(apart * apart).sum(2) / (2 * SPREAD**2)
        reinforce = -((ahead - value.detach()) * logp).sum(0).mean()
        return self.named(told, labels) + POLICY * reinforce + F.mse_loss(value, ahead)

    @torch.inference_mode()
    def dev(self) -> str:
        net = self.mean.eval()
        parts = self.held.split(500)
        if isinstance(net, Ram):
            told = torch.cat([looked(net, part, SPREAD, None)[0] for part in parts], 1)
        elif isinstance(net, Reader):
            told = torch.cat([read(net, part) for part in parts], 1)
        else:
            told = torch.cat([net(part) for part in parts]).unsqueeze(0)
        errors = 100 * (told.argmax(2) != self.held_labels).float().mean(1)
        return "errors " + " ".join(f"{error:.1f}" for error in errors.tolist())


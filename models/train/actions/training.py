"""Training of the watchers on cached features, by the clock."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from train.actions.data import FRAMES, Clip
from train.actions.model import Watcher
from train.common.timed_run import TimedRun

SEED = 2015
BATCH = 32
# What a nat of the gaze's entropy costs: without it the gaze is hardly more than the mean of all places.
SPREAD = 0.08


class World:
    """All clips with their features, one tensor [N, 16, 49, 432] a view.

    What is shipped is fitted to train and dev, once dev has served to choose; with `hold` dev is kept out.
    """

    def __init__(self, found: list[Clip], views: list[Tensor], hold: bool = False):
        self.views = views
        self.label = torch.tensor([c.action for c in found])
        self.rows = {s: torch.tensor([i for i, c in enumerate(found) if c.split == s]) for s in ("train", "dev", "test")}
        self.fitted = self.rows["train"] if hold else torch.cat([self.rows["train"], self.rows["dev"]])


@torch.inference_mode()
def right(net: Watcher, world: World, split: str) -> tuple[float, float]:
    """Percent of clips named rightly by the mean of the probabilities after all frames, and by those after the last one."""
    mean, last, rows = 0, 0, world.rows[split]
    for part in rows.split(64):
        shares = net(world.views[0][part].float())[0].softmax(-1)
        mean += int((shares.mean(1).argmax(-1) == world.label[part]).sum())
        last += int((shares[:, -1].argmax(-1) == world.label[part]).sum())
    return 100 * mean / len(rows), 100 * last / len(rows)


class Run(TimedRun):
    """Training of a watcher."""

    seed, rate, average, warmup = SEED, 1.5e-3, 0.995, 50

    def __init__(self, net: Watcher, world: World, work: Path, minutes: float):
        super().__init__(net, work, minutes)
        self.optimiser.param_groups[0]["weight_decay"] = 0.1
        self.mean.eval()
        self.world = world

    def batches(self, chance: random.Random) -> Iterator[Tensor]:
        drawn = torch.Generator().manual_seed(chance.getrandbits(32))
        while True:
            yield from self.world.fitted[torch.randperm(len(self.world.fitted), generator=drawn)].split(BATCH)

    def loss(self, batch: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            clip = self.world.views[int(torch.randint(len(self.world.views), ()))][batch].float()
            scores, weights = self.net(clip)
        truth = self.world.label[batch].repeat_interleave(FRAMES)
        named = F.cross_entropy(scores.float().flatten(0, 1), truth, label_smoothing=0.1)
        weights = weights.float()
        return named - SPREAD * (weights * weights.clamp_min(1e-9).log()).sum(-1).mean()

    def dev(self) -> str:
        return "mean {:.1f}  last {:.1f}".format(*right(self.mean, self.world, "dev"))

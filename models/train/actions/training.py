"""Training of the watchers on cached features, by the clock."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from train.actions.data import FRAMES, Clip, View
from train.actions.model import Watcher
from train.common.timed_run import TimedRun

SEED = 2015
BATCH = 32
# Weight of KL(motion || gaze) a frame in which something moves: the gaze is taught to follow what moves, as in guided attention (Liu et al.,
# AAAI 2017). Without it a third of the gaze lay on grass and fences.
GUIDED = 0.3


class World:
    """All clips in all views.

    What is shipped is fitted to train and dev, once dev has served to choose; with `hold` dev is kept out.
    """

    def __init__(self, found: list[Clip], views: list[View], hold: bool = False):
        self.views = views
        self.label = torch.tensor([c.action for c in found])
        self.rows = {s: torch.tensor([i for i, c in enumerate(found) if c.split == s]) for s in ("train", "dev", "test")}
        self.fitted = self.rows["train"] if hold else torch.cat([self.rows["train"], self.rows["dev"]])


@torch.inference_mode()
def right(net: Watcher, world: World, split: str) -> tuple[float, float]:
    """Percent of clips named rightly by the mean of the probabilities after all frames, and by those after the last one."""
    mean, last, rows = 0, 0, world.rows[split]
    for part in rows.split(64):
        shares = net(world.views[0].features[part].float())[0].softmax(-1)
        mean += int((shares.mean(1).argmax(-1) == world.label[part]).sum())
        last += int((shares[:, -1].argmax(-1) == world.label[part]).sum())
    return 100 * mean / len(rows), 100 * last / len(rows)


def astray(weights: Tensor, motion: Tensor) -> Tensor:
    """KL(motion || gaze), the mean over frames in which something moves; `weights` and `motion` [B, T, 49], motion of any scale."""
    total = motion.sum(-1, keepdim=True)
    moves = total.squeeze(-1) > 0
    shares = (motion / total.clamp_min(1e-9))[moves]
    return (shares * (shares.clamp_min(1e-9).log() - weights[moves].clamp_min(1e-9).log())).sum(-1).mean()


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
        view = self.world.views[int(torch.randint(len(self.world.views), ()))]
        with torch.autocast("cpu", torch.bfloat16):
            scores, weights = self.net(view.features[batch].float())
        truth = self.world.label[batch].repeat_interleave(FRAMES)
        named = F.cross_entropy(scores.float().flatten(0, 1), truth, label_smoothing=0.1)
        return named + GUIDED * astray(weights.float(), view.motion[batch]) if self.net.sight == "attention" else named

    def dev(self) -> str:
        return "mean {:.1f}  last {:.1f}".format(*right(self.mean, self.world, "dev"))

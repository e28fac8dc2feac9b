"""Training of the coarse map, then of the looks that refine it, on cached maps of the encoder."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from train.common.timed_run import TimedRun
from train.saliency.data import Photos, names, split
from train.saliency.model import Saliency, grown

SEED = 2016
BATCH = 12
LEVELS = 256
BETA2 = 0.3
# How much the locator is drawn to where the map is wrong, and the noise on the coarse map that makes it wrong.
DRAW = 0.05
NOISE = 0.5


class Curve:
    """Precision and recall at 256 thresholds, averaged over photos; the measure of Achanta et al. (CVPR 2009)."""

    def __init__(self):
        self.precision, self.recall = torch.zeros(LEVELS, dtype=torch.float64), torch.zeros(LEVELS, dtype=torch.float64)
        self.error, self.count = 0.0, 0

    def add(self, share: Tensor, target: Tensor) -> None:
        """A photo's map [H, W] in 0..1 and its mask, 0 or 1."""
        level = (share * 255).round().long().flatten()
        hit = target.flatten() > 0.5
        found = torch.bincount(level[hit], minlength=LEVELS).flip(0).cumsum(0).flip(0).double()
        all_found = torch.bincount(level, minlength=LEVELS).flip(0).cumsum(0).flip(0).double()
        self.precision += found / all_found.clamp_min(1)
        self.recall += found / hit.sum().clamp_min(1)
        self.error += (share - target).abs().mean().item()
        self.count += 1

    @property
    def f_beta(self) -> float:
        """The greatest F over the thresholds."""
        p, r = self.precision / self.count, self.recall / self.count
        return ((1 + BETA2) * p * r / (BETA2 * p + r).clamp_min(1e-9)).max().item()

    @property
    def mae(self) -> float:
        return self.error / self.count


class World:
    """All photos: ECSSD's by split, VOC's for training only."""

    def __init__(self, data: Path, ecssd: Photos, voc: Photos):
        self.ecssd, self.voc = ecssd, voc
        parts = [split(n) for n in names(data, "ecssd")]
        self.rows = {s: torch.tensor([i for i, p in enumerate(parts) if p == s]) for s in ("train", "dev", "test")}

    def batches(self, chance: random.Random) -> Iterator[tuple]:
        """Half of each batch ECSSD, half VOC, for ever."""
        drawn = torch.Generator().manual_seed(chance.getrandbits(32))
        train, every = self.rows["train"], torch.arange(len(self.voc.target))
        while True:
            mine = train[torch.randint(len(train), (BATCH * 2 // 3,), generator=drawn)]
            theirs = every[torch.randint(len(every), (BATCH - len(mine),), generator=drawn)]
            view = int(torch.randint(2, (), generator=drawn))
            left, right = self.ecssd.of(mine, view), self.voc.of(theirs, view)
            maps = tuple(torch.cat(pair) for pair in zip(left[0], right[0], strict=True))
            yield maps, *(torch.cat(pair) for pair in zip(left[1:], right[1:], strict=True))


def wrong(odds: Tensor, target: Tensor, known: Tensor, within: Tensor) -> Tensor:
    """Cross-entropy where `within` says, and one minus intersection over union, of maps at the canvas's size."""
    crossed = F.binary_cross_entropy_with_logits(odds, target, reduction="none") * known
    share = torch.sigmoid(odds) * known
    both, either = (share * target).sum((1, 2, 3)), (share + target * known - share * target).sum((1, 2, 3))
    return (crossed * within).sum() / within.sum() + 0.5 * (1 - (both + 1) / (either + 1)).mean()


class CoarseRun(TimedRun):
    """Training of the coarse map."""

    seed, rate, average, warmup = SEED, 2e-3, 0.998, 100

    def __init__(self, net: Saliency, world: World, work: Path, minutes: float):
        super().__init__(net.coarse, work, minutes)
        self.mean.eval()
        self.whole, self.world = net, world

    def batches(self, chance: random.Random) -> Iterator[tuple]:
        return self.world.batches(chance)

    def loss(self, batch: tuple) -> Tensor:
        maps, _, target, known = batch
        with torch.autocast("cpu", torch.bfloat16):
            odds, _ = self.net(maps)
        return wrong(grown(odds.float()), target, known, torch.ones_like(known))

    @torch.inference_mode()
    def dev(self) -> str:
        curve = Curve()
        for part in self.world.rows["dev"].split(20):
            maps, _, target, _ = self.world.ecssd.of(part, 0)
            for share, mask in zip(torch.sigmoid(grown(self.mean(maps)[0])), target, strict=True):
                curve.add(share[0], (mask[0] > 0.5).float())
        return f"F {curve.f_beta:.4f}  mae {curve.mae:.4f}"


class RefineRun(TimedRun):
    """Training of the looks; the coarse map stays as it is."""

    seed, rate, average, warmup = SEED, 2e-3, 0.995, 50

    def __init__(self, net: Saliency, world: World, work: Path, minutes: float):
        super().__init__(net.refiner, work, minutes)
        self.whole, self.world = net, world

    def batches(self, chance: random.Random) -> Iterator[tuple]:
        return self.world.batches(chance)

    def loss(self, batch: tuple) -> Tensor:
        maps, image, target, known = batch
        self.whole.coarse.train()
        all_odds, windows = self.whole.refined(maps, image, NOISE)
        lost = torch.zeros(())
        for before, odds, window in zip(all_odds, all_odds[1:], windows, strict=False):
            lost = lost + wrong(odds, target, known, window.detach())
            error = (torch.sigmoid(before.detach()) - target).abs() * known
            lost = lost - DRAW * ((error * window).sum((1, 2, 3)) / error.sum((1, 2, 3)).clamp_min(1)).mean()
        return lost

    @torch.inference_mode()
    def dev(self) -> str:
        self.whole.coarse.eval()
        curves = [Curve(), Curve()]
        net = Saliency()
        net.coarse, net.refiner = self.whole.coarse, self.mean
        net.eval()
        for part in self.world.rows["dev"].split(20):
            maps, image, target, _ = self.world.ecssd.of(part, 0)
            all_odds, _ = net.refined(maps, image)
            for curve, odds in zip(curves, (all_odds[0], all_odds[-1]), strict=True):
                for share, mask in zip(torch.sigmoid(odds), target, strict=True):
                    curve.add(share[0], (mask[0] > 0.5).float())
        return "coarse F {:.4f} mae {:.4f}  refined F {:.4f} mae {:.4f}".format(
            *(v for c in curves for v in (c.f_beta, c.mae))
        )


def fitted(net: Saliency, photos: Photos, rows: Tensor) -> None:
    """Set the standard of every map from training photos."""
    layers: list[nn.Module] = [*net.coarse.standard]
    for layer, maps in zip(layers, photos.maps[0], strict=True):
        layer.fit(maps[rows])
    net.refiner.standard.fit(photos.maps[0][0][rows])

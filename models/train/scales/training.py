"""Photos of PASCAL VOC with their masks, and the training of the segmenters on cached maps of the encoder."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from train.common.dense_encoder import cached, picture
from train.common.timed_run import TimedRun
from train.scales.model import CLASSES, GRID, SIDES, Segmenter, brought

SEED = 2016
BATCH = 8
VOID = 255
WANTED = (1, 2, 3)
TARGET = 2 * GRID


def mask(folder: Path, name: str) -> np.ndarray:
    """Classes [H, W] at the photo's own size, 255 where nothing is known."""
    return np.asarray(Image.open(folder / "masks" / f"{name}.png"))


class World:
    """All photos: maps of every view and scale, masks [N, 80, 80]. Every tenth photo is the test, the one before it dev."""

    def __init__(self, data: Path, work: Path):
        self.folder = data / "voc"
        self.names = sorted(p.stem for p in (self.folder / "masks").glob("*.png"))
        paths = [self.folder / "images" / f"{n}.webp" for n in self.names]
        self.views = [
            [cached(paths, side, work / f"{view}-{side}", WANTED, partial(picture, mirrored=mirrored)) for side in SIDES]
            for view, mirrored in (("plain", False), ("flip", True))
        ]
        small = [Image.fromarray(mask(self.folder, n)).resize((TARGET, TARGET), Image.NEAREST) for n in self.names]
        self.target = torch.from_numpy(np.stack([np.asarray(s) for s in small]))
        at = torch.arange(len(self.names))
        self.rows = {"train": at[at % 10 < 8], "dev": at[at % 10 == 8], "test": at[at % 10 == 9]}

    def of(self, rows: Tensor, view: int = 0) -> tuple[list[tuple[Tensor, ...]], Tensor]:
        """The maps of some photos at every scale, and their classes [B, 80, 80]."""
        target = self.target[rows].long()
        maps = [tuple(m[rows].float() for m in scale) for scale in self.views[view]]
        return maps, target.flip(2) if view == 1 else target


class Overlap:
    """Intersection over union of every class, counted over all pixels; the mean over the classes is the figure."""

    def __init__(self):
        self.counts = torch.zeros(CLASSES, CLASSES, dtype=torch.long)

    def add(self, said: Tensor, truth: Tensor) -> None:
        known = truth != VOID
        pairs = truth[known].long() * CLASSES + said[known].long()
        self.counts += torch.bincount(pairs, minlength=CLASSES**2).view(CLASSES, CLASSES)

    @property
    def miou(self) -> float:
        """In percent."""
        both = self.counts.diag().double()
        return 100 * (both / (self.counts.sum(0) + self.counts.sum(1) - both).clamp_min(1)).mean().item()


class Run(TimedRun):
    """Training of a segmenter: what is merged and every scale alone shall be right (section 3.2)."""

    seed, rate, average, warmup = SEED, 1.5e-3, 0.998, 100

    def __init__(self, net: Segmenter, world: World, work: Path, minutes: float):
        super().__init__(net, work, minutes)
        self.mean.eval()
        self.world = world

    def batches(self, chance: random.Random) -> Iterator[tuple]:
        drawn, rows = torch.Generator().manual_seed(chance.getrandbits(32)), self.world.rows["train"]
        while True:
            for part in rows[torch.randperm(len(rows), generator=drawn)].split(BATCH):
                yield self.world.of(part, int(torch.randint(2, (), generator=drawn)))

    def loss(self, batch: tuple) -> Tensor:
        maps, target = batch
        with torch.autocast("cpu", torch.bfloat16):
            merged, scores = self.net(maps)
        wrong = F.cross_entropy(brought(merged.float(), TARGET), target, ignore_index=VOID)
        if self.net.merge == "single":
            return wrong
        alone = [F.cross_entropy(brought(s.float(), TARGET), target, ignore_index=VOID) for s in scores]
        return wrong + sum(alone) / len(alone)

    @torch.inference_mode()
    def dev(self) -> str:
        overlap, alone = Overlap(), [Overlap() for _ in SIDES]
        for part in self.world.rows["dev"].split(16):
            maps, target = self.world.of(part)
            merged, scores = self.mean(maps)
            overlap.add(brought(merged, TARGET).argmax(1), target)
            for one, score in zip(alone, scores, strict=False):
                one.add(brought(score, TARGET).argmax(1), target)
        return f"miou {overlap.miou:.2f}  alone {' '.join(f'{o.miou:.2f}' for o in alone[: len(scores)])}"


def fitted(net: Segmenter, world: World) -> None:
    """Set the standard of every map from training photos at the largest scale."""
    for layer, maps in zip(net.head.standard, world.views[0][0], strict=True):
        layer.fit(maps[world.rows["train"][::4]])

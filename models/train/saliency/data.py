"""Photos with masks of what stands out: ECSSD, and the foreground of PASCAL VOC's masks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from train.common.dense_encoder import cached, picture
from train.saliency.model import CANVAS, SIDE

ALL_MAPS = (0, 1, 2, 3)


def names(data: Path, source: str) -> list[str]:
    """File names without their ending."""
    return sorted(p.stem for p in (data / source / "masks").glob("*.png"))


def split(name: str) -> str:
    """ECSSD has no official split: names that end in 0 or 5 are "test", in 4 "dev"."""
    return {"0": "test", "5": "test", "4": "dev"}.get(name[-1], "train")


def mask(data: Path, source: str, name: str) -> tuple[np.ndarray, np.ndarray]:
    """What stands out [H, W], 0 or 1, and where that is known, at the photo's own size."""
    values = np.asarray(Image.open(data / source / "masks" / f"{name}.png"))
    known = values != 255 if source == "voc" else np.ones_like(values)
    return (values > 0).astype(np.float32), known.astype(np.float32)


def small(values: np.ndarray) -> np.ndarray:
    """Values 0 to 1 at the canvas's size, each pixel the mean of those it covers, in steps of 1 / 255."""
    return np.asarray(Image.fromarray((255 * values).astype(np.uint8)).resize((CANVAS, CANVAS), Image.BOX))


@dataclass
class Photos:
    """Photos of one source: their encoder's maps and pictures by view (plain, mirrored), masks [N, 112, 112] as bytes."""

    maps: list[list[Tensor]]
    images: list[Tensor]
    target: Tensor
    known: Tensor

    def of(self, rows: Tensor, view: int) -> tuple[tuple[Tensor, ...], Tensor, Tensor, Tensor]:
        """Maps, images [B, 3, 112, 112], masks and where they are known [B, 1, 112, 112] of some photos in one view."""
        target, known = (t[rows].float().unsqueeze(1) / 255 for t in (self.target, self.known))
        if view == 1:
            target, known = target.flip(3), known.flip(3)
        maps = tuple(m[rows].float() for m in self.maps[view])
        return maps, (self.images[view][rows].float() - 127) / 128, target, known


def loaded(data: Path, work: Path, source: str) -> Photos:
    """All photos of a source, from the cache in `work` where there is one."""
    every = names(data, source)
    paths = [data / source / "images" / f"{n}.webp" for n in every]
    maps, images = [], []
    for view, mirrored in (("plain", False), ("flip", True)):
        seen = partial(picture, mirrored=mirrored)
        maps.append(cached(paths, SIDE, work / f"{source}-{view}", ALL_MAPS, seen))
        images.append(torch.from_numpy(np.stack([np.asarray(seen(p, CANVAS)).transpose(2, 0, 1) for p in paths])))
    masks = [mask(data, source, n) for n in every]
    target, known = (torch.from_numpy(np.stack([small(m[i]) for m in masks])) for i in (0, 1))
    return Photos(maps, images, target, known)

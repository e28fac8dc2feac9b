"""MNIST as intensities, and digits that are turned, scaled and moved a little."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

DEV = 5000
SIDE = 28


def read(folder: Path, stem: str, kind: str, header: int) -> np.ndarray:
    with gzip.open(folder / "mnist" / f"{stem}-{kind}-ubyte.gz") as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


def digits(folder: Path, split: str) -> tuple[Tensor, Tensor]:
    """Intensities [n, 28, 28] in 0..1 and labels [n]; `split` is train, dev (the last 5,000 of train) or test."""
    stem = "t10k" if split == "test" else "train"
    pixels = torch.from_numpy(read(folder, stem, "images-idx3", 16).reshape(-1, SIDE, SIDE).copy())
    labels = torch.from_numpy(read(folder, stem, "labels-idx1", 8).astype(np.int64))
    part = {"train": slice(None, -DEV), "dev": slice(-DEV, None), "test": slice(None)}[split]
    return pixels[part].float() / 255, labels[part]


def varied(pictures: Tensor, generator: torch.Generator, turn: float = 10, scale: float = 0.1) -> Tensor:
    """Digits [B, 28, 28] turned by up to `turn` degrees either way and scaled by up to `scale`, for training only."""
    count = len(pictures)
    amounts = torch.rand(3, count, generator=generator) * 2 - 1
    angle, wide, high = amounts[0] * math.radians(turn), 1 + scale * amounts[1], 1 + scale * amounts[2]
    rows = torch.stack([wide * angle.cos(), -high * angle.sin(), wide * angle.sin(), high * angle.cos()], 1)
    theta = torch.cat([rows.reshape(-1, 2, 2), torch.zeros(count, 2, 1)], 2)
    grid = F.affine_grid(theta, [count, 1, SIDE, SIDE], align_corners=False)
    return F.grid_sample(pictures.unsqueeze(1), grid, align_corners=False).squeeze(1)

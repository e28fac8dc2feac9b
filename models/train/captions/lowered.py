"""The cached lower half of the encoder, opened: maps and masks of photos in any of their views."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from train.captions.lower import VIEWS, shown_in
from train.captions.masks import cached_masks
from train.captions.photos import every_photo


class Lowered:
    """The cached lower half of the encoder, all finished views of it."""

    def __init__(self, data: Path, work: Path):
        self.data, self.work = data, work / "lower"
        self.views: dict[str, tuple[np.ndarray, dict[int, int]]] = {}
        self.masks: dict[str, tuple[dict[int, int], Tensor]] = {}
        self.find()

    def find(self) -> None:
        """Open the views that are finished and not yet open."""
        for view in VIEWS:
            rows = shown_in(view, every_photo(self.data))
            count = self.work / f"{view}.count"
            if view not in self.views and count.exists() and int(count.read_text()) == len(rows):
                numbers, masks = cached_masks(self.data, self.work, view)
                self.masks[view] = {n: i for i, n in enumerate(numbers)}, masks
                self.views[view] = np.load(self.work / f"{view}.npy", mmap_mode="r"), {n: i for i, n in enumerate(rows)}

    def of(self, numbers: list[int], views: list[str]) -> Tensor:
        """[B, 80, 14, 14] of photos, each in a view of its own."""
        maps = [self.views[v][0][self.views[v][1][n]] for n, v in zip(numbers, views, strict=True)]
        return torch.from_numpy(np.stack(maps)).permute(0, 3, 1, 2)

    def mask(self, numbers: list[int], views: list[str]) -> Tensor:
        """[B, 196, 21]: the share of each class in each place."""
        return (
            torch.stack([self.masks[v][1][self.masks[v][0][n]] for n, v in zip(numbers, views, strict=True)]).float()
            / 255
        )

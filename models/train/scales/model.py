"""One network at three scales of a photo, and how their answers are merged at every pixel: Chen, Yang, Wang, Xu, Yuille,
"Attention to Scale: Scale-aware Semantic Image Segmentation", CVPR 2016 (arXiv 1511.03339)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from train.common.dense_encoder import CHANNELS, Standard, doubled

# Sides of the photo in pixels: scales 1, 0.7 and 0.5.
SIDES = (320, 224, 160)
CLASSES = 21
WIDTH = 64
GRID = SIDES[0] // 8
MERGES = ("attention", "average", "max", "single")


def brought(x: Tensor, side: int = GRID) -> Tensor:
    """Maps at the side of the largest scale's."""
    return x if x.shape[-1] == side else F.interpolate(x, (side, side), mode="bilinear", align_corners=False)


class Head(nn.Module):
    """What every scale shares: the encoder's maps at strides 8, 16 and 32 to scores of the classes [B, 21, S / 8, S / 8] and
    features [B, 64, S / 8, S / 8]."""

    def __init__(self):
        super().__init__()
        self.standard = nn.ModuleList(Standard(c) for c in CHANNELS[1:])
        self.deep = nn.Conv2d(CHANNELS[3], 2 * WIDTH, 1)
        self.middle = nn.Conv2d(CHANNELS[2], 2 * WIDTH, 1)
        self.low = nn.Conv2d(CHANNELS[1], WIDTH, 1)
        self.first = nn.Conv2d(2 * WIDTH, WIDTH, 3, 1, 1)
        self.second = nn.Conv2d(WIDTH, WIDTH, 3, 1, 1)
        self.scores = nn.Conv2d(WIDTH, CLASSES, 1)
        self.drop = nn.Dropout2d(0.2)

    def forward(self, f8: Tensor, f16: Tensor, f32: Tensor) -> tuple[Tensor, Tensor]:
        f8, f16, f32 = (s(m) for s, m in zip(self.standard, (f8, f16, f32), strict=True))
        middle = torch.relu(doubled(self.deep(self.drop(f32))) + self.middle(self.drop(f16)))
        low = torch.relu(doubled(self.first(middle)) + self.low(f8))
        features = torch.relu(self.second(low))
        return self.scores(self.drop(features)), features


class Segmenter(nn.Module):
    """`merge` says how the scales' scores become one: "attention" weighs them anew at every place (eq. 1-2), "average" and "max" pool
    them, "single" takes the first alone."""

    def __init__(self, merge: str):
        super().__init__()
        self.merge = merge
        self.head = Head()
        if merge == "attention":
            self.attend = nn.Sequential(
                nn.Conv2d(len(SIDES) * WIDTH, WIDTH, 3, 1, 1), nn.ReLU(), nn.Conv2d(WIDTH, len(SIDES), 1)
            )

    def merged(self, scores: list[Tensor], features: list[Tensor]) -> Tensor:
        """Scores [B, 21, 40, 40] from those of every scale."""
        if self.merge == "single":
            return scores[0]
        every = torch.stack([brought(s) for s in scores])
        if self.merge == "max":
            return every.amax(0)
        if self.merge == "average":
            return every.mean(0)
        weights = torch.softmax(self.attend(torch.cat([brought(f) for f in features], 1)), 1)
        return (every * weights.transpose(0, 1).unsqueeze(2)).sum(0)

    def forward(self, maps: list[tuple[Tensor, Tensor, Tensor]]) -> tuple[Tensor, list[Tensor]]:
        """Merged scores and each scale's own, from the encoder's maps of every scale."""
        told = [self.head(*m) for m in (maps[:1] if self.merge == "single" else maps)]
        scores, features = [t[0] for t in told], [t[1] for t in told]
        return self.merged(scores, features), scores

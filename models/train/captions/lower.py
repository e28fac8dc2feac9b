"""The image encoder's frozen lower half, cached: what blocks 0-7 of EfficientNet-Lite0 make of every photo.

Blocks 8-15 and the head learn along with the captioner; what lies below sees edges and textures, is left as ImageNet made it, and costs
most of the time. Its weights are put on the shipped file's int8 grid first, so training sees what the shipped encoder gives.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from train.captions.photos import SIDE, Photo, every_photo, load_picture, pixels
from train.common.image_encoder import Backbone
from train.common.onnx_files import quantise

FROZEN = 8
VIEWS = ("plain", "flip", "crop", "cropflip")
SHAPE = (14, 14, 80)
BATCH = 32


def framed(view: str, random: np.random.Generator) -> tuple[float, float, float, float]:
    """The part of the photo that a view shows, (left, top, right, bottom) in pixels of 224."""
    if "crop" not in view:
        return 0.0, 0.0, float(SIDE), float(SIDE)
    w, h = random.uniform(0.65, 1, 2) * SIDE
    x, y = random.uniform(0, SIDE - w), random.uniform(0, SIDE - h)
    return x, y, x + w, y + h


def seen_as(view: str, picture: Image.Image, box: tuple[float, ...], random: np.random.Generator) -> np.ndarray:
    """One of the views of a photo: mirrored, or a random part in a random light."""
    if "crop" in view:
        picture = picture.resize((SIDE, SIDE), Image.BICUBIC, box)
    values = pixels(picture)
    if "crop" in view:
        contrast, light = random.uniform(0.85, 1.15), random.uniform(-0.12, 0.12)
        values = np.clip(values * contrast + light, -127 / 128, 1)
    return values[:, :, ::-1].copy() if "flip" in view else values


def shown_in(view: str, photos: tuple[Photo, ...]) -> list[int]:
    """The numbers of the photos that a view holds: all in the plain one, those for training in the others."""
    return [i for i, p in enumerate(photos) if view == "plain" or p.split == "train"]


class Lower(torch.nn.Module):
    """Pictures [B, 3, 224, 224] to what block 7 gives, [B, 80, 14, 14]."""

    def __init__(self):
        super().__init__()
        backbone = Backbone()
        quantise(backbone)
        self.layers = torch.nn.Sequential(*backbone.stem, *backbone.lower[:FROZEN])

    def forward(self, image: Tensor) -> Tensor:
        return self.layers(image)


@torch.inference_mode()
def cache_view(data: Path, work: Path, view: str) -> None:
    """Write a view as fp16 `VIEW.npy` [N, 14, 14, 80] and its frames as `VIEW_boxes.npy` [N, 4]; goes on where it stopped.

    Rows are in the order of `shown_in`.
    """
    count = work / f"{view}.count"
    photos = every_photo(data)
    rows = shown_in(view, photos)
    at = int(count.read_text()) if count.exists() else 0
    if at == len(rows):
        return
    path, boxes = work / f"{view}.npy", np.zeros((len(rows), 4), np.float32)
    kept = np.lib.format.open_memmap(path, "r+" if at else "w+", np.float16, (len(rows), *SHAPE))
    net = Lower().to(memory_format=torch.channels_last).eval()
    for row, number in enumerate(rows):
        boxes[row] = framed(view, np.random.default_rng((VIEWS.index(view), number)))
    np.save(work / f"{view}_boxes.npy", boxes)
    for start in range(at, len(rows), BATCH):
        part = rows[start : start + BATCH]
        images = []
        for row, number in enumerate(part, start):
            light = np.random.default_rng((VIEWS.index(view), number, 1))
            images.append(seen_as(view, load_picture(photos[number].path(data)), tuple(boxes[row]), light))
        batch = torch.from_numpy(np.stack(images)).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=view != "plain"):
            maps = net(batch)
        kept[start : start + len(part)] = maps.float().permute(0, 2, 3, 1).half().numpy()
        kept.flush()
        count.write_text(str(start + len(part)))

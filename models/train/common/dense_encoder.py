"""The encoder of the exhibits that answer for every pixel: EfficientNet-Lite0, open at four depths and for any size of picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from train.common.image_encoder import Backbone
from train.common.onnx_files import quantise

# Pixels of the picture to one place, and channels, of each map.
STRIDES = (4, 8, 16, 32)
CHANNELS = (24, 40, 112, 320)


class Pyramid(nn.Module):
    """Pictures [B, 3, S, S] = (pixel - 127) / 128, RGB, S a multiple of 32, to maps [B, CHANNELS[i], S / STRIDES[i], S / STRIDES[i]].

    ImageNet's weights, put on the int8 grid that the shipped file stores.
    """

    def __init__(self):
        super().__init__()
        net = Backbone()
        self.stages = nn.ModuleList(
            [nn.Sequential(net.stem, net.lower[:3]), net.lower[3:5], net.lower[5:], net.upper]
        )
        quantise(self)
        self.requires_grad_(False)
        self.eval()

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        maps = []
        for stage in self.stages:
            image = stage(image)
            maps.append(image)
        return tuple(maps)


class Standard(nn.Module):
    """Brings each channel of a map [B, C, H, W] to zero mean and unit variance over the training photos."""

    def __init__(self, channels: int):
        super().__init__()
        self.register_buffer("shift", torch.zeros(channels, 1, 1))
        self.register_buffer("scale", torch.ones(channels, 1, 1))

    @torch.no_grad()
    def fit(self, maps: Tensor) -> None:
        """From maps [N, C, H, W]."""
        deviation, mean = torch.std_mean(maps.float(), (0, 2, 3))
        self.shift.copy_(mean[:, None, None])
        self.scale.copy_(1 / (deviation[:, None, None] + 1e-3))

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.shift) * self.scale


def doubled(x: Tensor) -> Tensor:
    """Maps of twice the side, bilinearly."""
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def picture(path: Path, side: int, mirrored: bool = False) -> Image.Image:
    """A photo squashed to side x side, RGB."""
    made = Image.open(path).convert("RGB").resize((side, side), Image.BICUBIC)
    return made.transpose(Image.FLIP_LEFT_RIGHT) if mirrored else made


def pixels(path: Path, side: int, seen: Callable[[Path, int], Image.Image] = picture) -> np.ndarray:
    """[3, side, side], (pixel - 127) / 128: what the encoder takes."""
    return (np.asarray(seen(path, side), np.float32).transpose(2, 0, 1) - 127) / 128


@torch.inference_mode()
def cached(
    paths: list[Path], side: int, kept: Path, wanted: tuple[int, ...], seen: Callable[[Path, int], Image.Image] = picture
) -> list[Tensor]:
    """The maps of photos at the `wanted` rows of STRIDES, [N, C, S, S] fp16 each, in files KEPT-STRIDE.npy for the next run."""
    files = [kept.parent / f"{kept.name}-{STRIDES[i]}.npy" for i in wanted]
    if not all(f.exists() for f in files):
        net = Pyramid().to(memory_format=torch.channels_last)
        shapes = [(len(paths), CHANNELS[i], side // STRIDES[i], side // STRIDES[i]) for i in wanted]
        parts = [f.with_suffix(".part") for f in files]
        made = [np.lib.format.open_memmap(p, "w+", np.float16, s) for p, s in zip(parts, shapes, strict=True)]
        for at in range(0, len(paths), 16):
            images = torch.from_numpy(np.stack([pixels(p, side, seen) for p in paths[at : at + 16]]))
            maps = net(images.contiguous(memory_format=torch.channels_last))
            for file, i in zip(made, wanted, strict=True):
                file[at : at + 16] = maps[i].half().numpy()
        for file, part, whole in zip(made, parts, files, strict=True):
            file.flush()
            part.replace(whole)
    return [torch.from_numpy(np.load(f, mmap_mode="c")) for f in files]

"""Clips of JHMDB as features of the pictures' encoder: sixteen frames a clip, split by source video."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from train.captions.lower import VIEWS, framed, seen_as
from train.common.image_encoder import DEEP_CHANNELS, GRID, MID_CHANNELS, SIDE, Encoder, upsampling

FRAMES = 16
COARSE = 7
PLACES = COARSE * COARSE
# Four folds by source video; the shipped file is the last one's.
FOLDS = 4
SHIPPED = FOLDS - 1


@dataclass(frozen=True)
class Clip:
    """A clip, its action (a row of `actions`), and the part of the data that its source video belongs to."""

    path: Path
    action: int
    split: str


def actions(folder: Path) -> list[str]:
    """The 21 names, as their folders are called, in alphabetical order."""
    return sorted(p.name for p in folder.iterdir() if p.is_dir())


def clips(folder: Path, fold: int = SHIPPED) -> list[Clip]:
    """All clips. Of an action's source videos, sorted by name, every fourth is "test", from the number `fold` on; of the others every sixth is
    "dev".

    A clip's source is its name up to the action; clips of one source are near copies of each other.
    """
    found = []
    for label, action in enumerate(actions(folder)):
        sources = defaultdict(list)
        for path in sorted((folder / action).glob("*.mp4")):
            sources[re.split(f"_{action}_", path.name)[0]].append(path)
        split = {s: "test" if at % FOLDS == fold else "train" for at, s in enumerate(sorted(sources))}
        for at, source in enumerate(s for s in sorted(sources) if split[s] == "train"):
            split[source] = "dev" if at % 6 == 5 else "train"
        found += [Clip(path, label, split[source]) for source in sorted(sources) for path in sources[source]]
    return found


def frames(path: Path, count: int = FRAMES) -> list[Image.Image]:
    """`count` pictures spread evenly over a clip, squashed to 224 x 224."""
    with av.open(str(path)) as video:
        every = [f.to_image() for f in video.decode(video=0)]
    return [every[int((i + 0.5) * len(every) / count)].resize((SIDE, SIDE), Image.BICUBIC) for i in range(count)]


def pooling() -> Tensor:
    """[49, 196]: the mean of each 2 x 2 places of the encoder's grid as a matrix."""
    coarse = torch.arange(PLACES).reshape(COARSE, COARSE)
    owner = coarse.repeat_interleave(2, 0).repeat_interleave(2, 1).flatten()
    matrix = torch.zeros(PLACES, GRID * GRID)
    matrix[owner, torch.arange(GRID * GRID)] = 0.25
    return matrix


def motion(looks: np.ndarray) -> np.ndarray:
    """How much each place moves [16, 49], of frames [16, 3, 224, 224].

    The absolute difference to the frame before, less its median over the frame (what a moving camera gives everywhere), averaged over the
    place; 0 in the first frame.
    """
    changed = np.abs(np.diff(looks, axis=0)).mean(1)
    changed = np.clip(changed - np.median(changed, axis=(1, 2), keepdims=True), 0, None)
    side = SIDE // COARSE
    places = changed.reshape(-1, COARSE, side, COARSE, side).mean((2, 4)).reshape(-1, PLACES)
    return np.concatenate([np.zeros_like(places[:1]), places])


@dataclass(frozen=True)
class View:
    """All clips in one view: `features` [N, 16, 49, 432] fp16, the encoder's annotation vectors pooled to 7 x 7 places, and `motion` [N, 16, 49]."""

    features: Tensor
    motion: Tensor


@torch.inference_mode()
def cached(found: list[Clip], encoder: Encoder, view: str, folder: Path) -> View:
    """The clips in a view, kept in files of `folder` for the next run.

    `view` is one of train.captions.lower.VIEWS; a clip's frames are cropped and lit alike.
    """
    kept, moved = folder / f"{view}.npy", folder / f"{view}-motion.npy"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        pool = pooling()
        deep_pool = pool @ upsampling()
        made = np.lib.format.open_memmap(
            kept.with_suffix(".part"), "w+", np.float16, (len(found), FRAMES, PLACES, MID_CHANNELS + DEEP_CHANNELS)
        )
        motions = []
        for row, clip in enumerate(found):
            looks = []
            for picture in frames(clip.path):
                random = np.random.default_rng([VIEWS.index(view), row])
                looks.append(seen_as(view, picture, framed(view, random), random))
            images = torch.from_numpy(np.stack(looks)).contiguous(memory_format=torch.channels_last)
            mid, deep, _ = encoder.parts(*encoder.backbone.trunk(images))
            made[row] = torch.cat([pool @ mid, deep_pool @ deep], -1).half().numpy()
            motions.append(motion(np.stack(looks)))
        np.save(moved, np.stack(motions).astype(np.float32))
        made.flush()
        kept.with_suffix(".part").replace(kept)
    return View(torch.from_numpy(np.load(kept, mmap_mode="c")), torch.from_numpy(np.load(moved)))

"""Flickr8k (Hodosh et al., JAIR 2013) for the captioners: splits, words, and cached picture features."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from train.common.image_encoder import SIDE, Backbone, Encoder

SPECIAL = ["<pad>", "<start>", "<end>", "<unk>"]
RAREST = 5
LONGEST = 22
FITTED = 1500
VIEWS = ("plain", "flip", "crop", "cropflip")


def tokenize(text: str) -> list[str]:
    """Lower-cased words without punctuation; apostrophes and hyphens within a word stay."""
    return re.findall(r"[a-z0-9]+(?:['-][a-z0-9]+)*", text.lower().replace(" '", "'"))


def photos(folder: Path, split: str) -> list[str]:
    """File names (.jpg, as published) of the official split "train", "dev" or "test"."""
    return (folder / f"Flickr_8k.{split}Images.txt").read_text().split()


def captions(folder: Path) -> dict[str, list[list[str]]]:
    """The five tokenised captions of each photo."""
    found: dict[str, list[list[str]]] = {}
    for line in (folder / "Flickr8k.token.txt").read_text().splitlines():
        name, text = line.split("\t")
        found.setdefault(name.split("#")[0], []).append(tokenize(text))
    return found


def vocabulary(folder: Path) -> list[str]:
    """The words that occur at least five times in the training captions, after the four special tokens."""
    said = captions(folder)
    counts = Counter(w for name in photos(folder, "train") for caption in said[name] for w in caption)
    return SPECIAL + sorted(w for w, n in counts.items() if n >= RAREST)


def load_picture(path: Path) -> Image.Image:
    """The photo at 224 x 224 (squashed, as the archive holds them), RGB."""
    picture = Image.open(path).convert("RGB")
    return picture if picture.size == (SIDE, SIDE) else picture.resize((SIDE, SIDE), Image.BICUBIC)


def pixels(picture: Image.Image) -> np.ndarray:
    """[3, 224, 224], the encoder's input: (pixel - 127) / 128."""
    return (np.asarray(picture, np.float32).transpose(2, 0, 1) - 127) / 128


def seen_as(view: str, picture: Image.Image, random: np.random.Generator) -> np.ndarray:
    """One of the augmented views of a training photo: mirrored, or a random part in a random light."""
    if "crop" in view:
        w, h = random.uniform(0.7, 1, 2) * SIDE
        x, y = random.uniform(0, SIDE - w), random.uniform(0, SIDE - h)
        picture = picture.resize((SIDE, SIDE), Image.BICUBIC, (x, y, x + w, y + h))
    values = pixels(picture)
    if "crop" in view:
        contrast, light = random.uniform(0.85, 1.15), random.uniform(-0.12, 0.12)
        values = np.clip(values * contrast + light, -127 / 128, 1)
    return values[:, :, ::-1].copy() if "flip" in view else values


@torch.inference_mode()
def cache_view(folder: Path, work: Path, view: str) -> None:
    """Write the backbone's maps of a view as fp16 `VIEW_mid.npy` and `VIEW_last.npy` in `work`, once.

    The plain view holds train, dev and test in this order, the others train only.
    """
    done = work / f"{view}.done"
    if done.exists():
        return
    names = photos(folder, "train")
    if view == "plain":
        names += photos(folder, "dev") + photos(folder, "test")
    net = Backbone().to(memory_format=torch.channels_last)
    shapes = {"mid": (len(names), 112, 196), "last": (len(names), 320, 49)}
    files = {k: np.lib.format.open_memmap(work / f"{view}_{k}.npy", "w+", np.float16, s) for k, s in shapes.items()}
    random = np.random.default_rng(VIEWS.index(view))
    for at in range(0, len(names), 32):
        batch = [load_picture(folder / "images" / f"{Path(n).stem}.webp") for n in names[at : at + 32]]
        images = torch.from_numpy(np.stack([seen_as(view, p, random) for p in batch]))
        for key, maps in zip(files, net.trunk(images.contiguous(memory_format=torch.channels_last)), strict=True):
            files[key][at : at + 32] = maps.flatten(2).half().numpy()
    for file in files.values():
        file.flush()
    done.touch()


def prepare(folder: Path, work: Path) -> Encoder:
    """Cache the backbone's maps of every view and fit the encoder's last layers to the training photos."""
    for view in VIEWS:
        cache_view(folder, work, view)
    encoder, kept = Encoder(Backbone()), work / "encoder.pt"
    if not kept.exists():
        maps = (np.load(work / f"plain_{k}.npy", mmap_mode="r")[:FITTED] for k in ("mid", "last"))
        mid, last = (torch.from_numpy(m.astype(np.float32)) for m in maps)
        encoder.fit(mid.unflatten(2, (14, 14)), last.unflatten(2, (7, 7)))
        torch.save(encoder.state_dict(), kept)
    encoder.load_state_dict(torch.load(kept))
    return encoder


@dataclass
class Features:
    """What the encoder makes of photos, kept on its own grids to save memory.

    mid [N, 196, 112], deep [N, 49, 320] (before upsampling), pooled [N, 1280]; fp16.
    """

    mid: Tensor
    deep: Tensor
    pooled: Tensor

    def of(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The f32 features of some photos."""
        return self.mid[rows].float(), self.deep[rows].float(), self.pooled[rows].float()


@torch.inference_mode()
def load_features(work: Path, encoder: Encoder, view: str, rows: slice = slice(None)) -> Features:
    """The encoder's last, cheap layers applied to a cached view, kept beside it for the next run."""
    kept = work / f"{view}_features.pt"
    if not kept.exists():
        mid, last = (np.load(work / f"{view}_{k}.npy", mmap_mode="r") for k in ("mid", "last"))
        parts = []
        for at in range(0, len(mid), 256):
            near = torch.from_numpy(mid[at : at + 256].astype(np.float32)).unflatten(2, (14, 14))
            far = torch.from_numpy(last[at : at + 256].astype(np.float32)).unflatten(2, (7, 7))
            parts.append([t.half() for t in encoder.parts(near, far)])
        torch.save([torch.cat(p) for p in zip(*parts, strict=True)], kept)
    mid, deep, pooled = torch.load(kept, mmap=True)
    return Features(mid[rows].clone(), deep[rows].clone(), pooled[rows].clone())

"""The photos that teach the image encoder and the captioners, and which of them may.

Four sets: Flickr8k (Hodosh et al., JAIR 2013; 224 x 224, five captions), COCO with the UIUC PASCAL sentences (coco.tar; 224 x 224, one to
five captions), PASCAL VOC 2012 (masks, no captions) and the free photos (captions; for judging only). Each has its own split; a photo
that is held out in one set is held out in all: `learned` leaves out what `duplicates` found and VOC's held-out tenth under every name.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

SIDE = 224
SETS = ("flickr8k", "coco", "voc", "free-photos")


@dataclass(frozen=True)
class Photo:
    """One photo: its set, its name there (no suffix), and its split: "train", "dev" or "test"."""

    source: str
    name: str
    split: str

    def path(self, data: Path) -> Path:
        """Where the file lies under the folder that holds the sets."""
        if self.source == "free-photos":
            return data / self.source / f"{self.name}.jpg"
        return data / self.source / "images" / f"{self.name}.webp"


def tokenize(text: str) -> list[str]:
    """Lower-cased words without punctuation; apostrophes and hyphens within a word stay."""
    return re.findall(r"[a-z0-9]+(?:['-][a-z0-9]+)*", text.lower().replace(" '", "'"))


def by_digest(name: str) -> str:
    """coco.tar's rule, kept for VOC too: md5 of the name, mod 10, is 0-7 for training, 8 for dev and 9 for the test."""
    last = int(hashlib.md5(name.encode()).hexdigest(), 16) % 10
    return "train" if last < 8 else "dev" if last == 8 else "test"


@cache
def every_photo(data: Path) -> tuple[Photo, ...]:
    """All photos of all sets, in a fixed order."""
    found = []
    for split in ("train", "dev", "test"):
        names = (data / "flickr8k" / f"Flickr_8k.{split}Images.txt").read_text().split()
        found += [Photo("flickr8k", Path(n).stem, split) for n in names]
    splits = json.loads((data / "coco" / "split.json").read_text())
    for key, split in {"train": "train", "val": "dev", "test": "test"}.items():
        found += [Photo("coco", name, split) for name in sorted(splits[key])]
    voc = sorted(p.stem for p in (data / "voc" / "images").iterdir())
    found += [Photo("voc", name, by_digest(name)) for name in voc]
    free = sorted(p.stem for p in (data / "free-photos").glob("*.jpg"))
    return *found, *(Photo("free-photos", name, "test") for name in free)


@cache
def captions(data: Path) -> dict[tuple[str, str], list[list[str]]]:
    """The tokenised captions of each photo, by set and name; those without a word are left out."""
    found: dict[tuple[str, str], list[list[str]]] = {}
    for line in (data / "flickr8k" / "Flickr8k.token.txt").read_text().splitlines():
        name, text = line.split("\t")
        found.setdefault(("flickr8k", Path(name.split("#")[0]).stem), []).append(tokenize(text))
    for name, texts in json.loads((data / "coco" / "captions.json").read_text()).items():
        found["coco", name] = [tokenize(t) for t in texts]
    for photo in json.loads((data / "free-photos" / "photos.json").read_text()):
        found["free-photos", photo["id"]] = [tokenize(t) for t in photo["captions"]]
    return {key: [words for words in said if words] for key, said in found.items()}


def load_picture(path: Path) -> Image.Image:
    """The photo squashed to 224 x 224, RGB."""
    picture = Image.open(path).convert("RGB")
    return picture if picture.size == (SIDE, SIDE) else picture.resize((SIDE, SIDE), Image.BICUBIC)


def pixels(picture: Image.Image) -> np.ndarray:
    """[3, 224, 224], the encoder's input: (pixel - 127) / 128."""
    return (np.asarray(picture, np.float32).transpose(2, 0, 1) - 127) / 128

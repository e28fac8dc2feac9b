"""Near copies among the photos of all sets, found by a perceptual hash, and the photos that may train.

A difference hash: the photo squashed to 17 x 16 grey pixels, a bit for each pair of neighbours in a row that says which is
lighter (256 bits), and the same along columns (256 more). Mirrored copies are looked for as well. Two photos are near copies
when at most `NEAR` of 512 bits differ: the 255 photos that two sets share, compressed anew and at other sizes, differ in 10 bits
(median) to 66.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from train.captions.photos import Photo, every_photo, load_picture

GRID = 16
NEAR = 95


def hashed(picture: Image.Image) -> np.ndarray:
    """[64] bytes: 256 bits along the rows, 256 along the columns."""
    grey = picture.convert("L")
    along = np.asarray(grey.resize((GRID + 1, GRID), Image.BOX), np.int16)
    down = np.asarray(grey.resize((GRID, GRID + 1), Image.BOX), np.int16)
    bits = np.concatenate([(np.diff(along, axis=1) > 0).ravel(), (np.diff(down, axis=0) > 0).ravel()])
    return np.packbits(bits)


def distances(one: np.ndarray, many: np.ndarray) -> np.ndarray:
    """How many bits differ between one hash [64] and each of many [N, 64]."""
    return np.bitwise_count(one ^ many).sum(1, dtype=np.int32)


def near_copies(data: Path) -> list[tuple[int, int, int]]:
    """(held-out photo, training photo, bits that differ) for all near copies, by their numbers in `every_photo`."""
    photos = every_photo(data)
    plain, mirrored = [], []
    for photo in photos:
        picture = load_picture(photo.path(data))
        plain.append(hashed(picture))
        mirrored.append(hashed(picture.transpose(Image.FLIP_LEFT_RIGHT)))
    plain, mirrored = np.stack(plain), np.stack(mirrored)
    teach = np.array([i for i, p in enumerate(photos) if p.split == "train"])
    found = []
    for number, photo in enumerate(photos):
        if photo.split != "train":
            apart = np.minimum(distances(plain[number], plain[teach]), distances(mirrored[number], plain[teach]))
            found += [(number, int(teach[k]), int(apart[k])) for k in np.flatnonzero(apart <= NEAR)]
    return found


def left_out(data: Path, work: Path) -> set[tuple[str, str]]:
    """(set, name) of training photos that are near copies of a held-out one; found once, kept as `duplicates.json`."""
    kept = work / "duplicates.json"
    if not kept.exists():
        photos = every_photo(data)
        pairs = [[[p.source, p.name, p.split] for p in (photos[a], photos[b])] + [d] for a, b, d in near_copies(data)]
        kept.write_text(json.dumps(pairs, indent=0) + "\n")
    return {(source, name) for _, (source, name, _), _ in json.loads(kept.read_text())}


def learned(data: Path, work: Path) -> list[tuple[int, Photo]]:
    """The photos that may train, with their numbers in `every_photo`."""
    out = left_out(data, work)
    return [(i, p) for i, p in enumerate(every_photo(data)) if p.split == "train" and (p.source, p.name) not in out]

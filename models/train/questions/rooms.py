"""DAQUAR (Malinowski and Fritz, NIPS 2014): questions about NYU's indoor photos, split by its official lists of photos.

The lists hold frames of the same rooms; training photos that are near copies of a test photo are left out.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
from PIL import Image

from train.captions.duplicates import NEAR, distances, hashed
from train.captions.photos import by_digest, load_picture
from train.questions.asked import Question
from train.questions.lexicon import COLOURS, supported

LISTS = {"train": "train_images_list.txt", "test": "test_images_list.txt"}


def room_photos(data: Path) -> list[Path]:
    """All photos of DAQUAR, in a fixed order."""
    return sorted((data / "daquar" / "images").glob("*.webp"))


def split_of(data: Path) -> dict[str, str]:
    """The split of each photo: the official lists, and of the training photos those whose md5 ends in 8 are for dev."""
    found: dict[str, str] = {}
    for split, name in LISTS.items():
        for photo in (data / "daquar" / "qa" / name).read_text().split():
            if photo in found:
                raise SystemExit(f"{photo} stands in both lists of DAQUAR's photos")
            found[photo] = "dev" if split == "train" and by_digest(photo) == "dev" else split
    return found


def near_copies(data: Path, work: Path) -> set[str]:
    """Training photos of which a test or dev photo is a near copy, mirrored ones as well; found once, kept as `duplicates-daquar.json`."""
    kept = work / "duplicates-daquar.json"
    if not kept.exists():
        splits, photos = split_of(data), room_photos(data)
        hashes, mirrored = [], []
        for path in photos:
            picture = load_picture(path)
            hashes.append(hashed(picture))
            mirrored.append(hashed(picture.transpose(Image.FLIP_LEFT_RIGHT)))
        train = [i for i, p in enumerate(photos) if splits[p.stem] == "train"]
        known, pairs = np.stack([hashes[i] for i in train]), []
        for i, path in enumerate(photos):
            if splits[path.stem] != "train":
                apart = np.minimum(distances(hashes[i], known), distances(mirrored[i], known))
                pairs += [[path.stem, photos[train[k]].stem, int(apart[k])] for k in np.flatnonzero(apart <= NEAR)]
        kept.write_text(json.dumps(pairs) + "\n")
    return {copy for _, copy, _ in json.loads(kept.read_text())}


def rooms(data: Path, work: Path, first: int) -> dict[str, list[Question]]:
    """The questions with one answer by split; photos are numbered from `first` on, in the order of `room_photos`."""
    number = {path.stem: first + i for i, path in enumerate(room_photos(data))}
    splits, copies = split_of(data), near_copies(data, work)
    made: dict[str, list[Question]] = {"train": [], "dev": [], "test": []}
    said: dict[str, set[str]] = {}
    rows = []
    with (data / "daquar" / "qa" / "data.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            words = tuple(w.replace("colour", "color") for w in row["question"].replace("?", "").split())
            rows.append((row["image_id"], words, row["answer"].strip()))
            said.setdefault(row["image_id"], set()).update([*words, *(a.strip() for a in row["answer"].split(","))])
    for photo, words, answer in rows:
        if "," in answer or not words or photo not in number or (splits[photo] == "train" and photo in copies):
            continue
        kind = "number" if words[:2] == ("how", "many") else "color" if "color" in words else "object"
        also = frozenset({answer} if kind in ("number", "color") else supported(said[photo]))
        made[splits[photo]].append(Question(number[photo], words, COLOURS.get(answer, answer), kind, also))
    return made

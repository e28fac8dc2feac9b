"""How far a captioner may be trusted: its gaze on VOC photos that nothing was trained on, and what edits of attributes do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from train.captions.corpus import judged
from train.captions.masks import BACKGROUND, CLASSES, GRID, WORDS, on_grid
from train.captions.photos import SIDE, every_photo
from train.captions.shipped import Captioner, encode

SMALLEST, LARGEST = 0.03, 0.60
# A place is on an object from this share of its area on.
ON = 0.25
DRAWS, SEED = 1000, 2017
ADDED_TRIALS = 200


def scenes(data: Path) -> list[tuple[Path, int, np.ndarray]]:
    """The held-out VOC photos that show one class of object, which covers 3 to 60 %: file, class, its share of each place [196]."""
    found = []
    for photo in every_photo(data):
        if photo.source == "voc" and photo.split == "test":
            mask = Image.open(data / "voc" / "masks" / f"{photo.name}.png")
            shares = on_grid(mask, (0.0, 0.0, float(SIDE), float(SIDE)), mirrored=False)
            shown = [k for k in range(len(CLASSES)) if k != BACKGROUND and shares[:, k].any()]
            if len(shown) == 1 and SMALLEST <= shares[:, shown[0]].mean() <= LARGEST:
                found.append((photo.path(data), shown[0], shares[:, shown[0]]))
    return found


def bootstrap(values: np.ndarray, owner: np.ndarray) -> float:
    """Standard error of a mean over words, photos drawn anew."""
    random, names = np.random.default_rng(SEED), np.unique(owner)
    sums = np.array([values[owner == n].sum() for n in names])
    counts = np.array([(owner == n).sum() for n in names])
    draws = random.integers(len(names), size=(DRAWS, len(names)))
    return float((sums[draws].sum(1) / counts[draws].sum(1)).std())


def gaze_worth(models: Path, name: str, data: Path) -> list[dict]:
    """gaze_pointing, gaze_gain and gaze_entropy at the greedy words that name what the photo shows, each with n and se."""
    captioner, shown = Captioner(models, name), scenes(data)
    classes = list(WORDS)
    pointed, gain, entropy, chance, owner = [], [], [], [], []
    for number, (seen, (_, kind, share)) in enumerate(zip(encode(models, (s[0] for s in shown)), shown, strict=True)):
        names = set(WORDS[classes[kind - 1]].split())
        for word, alpha in captioner.greedy(*seen):
            if word in names:
                pointed.append(share[alpha.argmax()] >= ON)
                gain.append((alpha * share).sum() / share.mean())
                entropy.append(-(alpha * np.log2(np.maximum(alpha, 1e-12))).sum())
                chance.append((share >= ON).mean())
                owner.append(number)
    count, owner = len(pointed), np.array(owner)
    share = float(np.mean(pointed))
    how = (
        f"greedy words that name the one class shown, {len(shown)} held-out VOC photos with masks; "
        f"the network's own weights of the {GRID} x {GRID} places"
    )
    figures = {
        "gaze_pointing": (share, (share * (1 - share) / count) ** 0.5, float(np.mean(chance))),
        "gaze_gain": (float(np.mean(gain)), bootstrap(np.array(gain), owner), 1.0),
        "gaze_entropy": (float(np.mean(entropy)), bootstrap(np.array(entropy), owner), float(np.log2(GRID * GRID))),
    }
    return [
        {
            "name": k,
            "value": round(v, 3),
            "se": round(se, 3),
            "n": count,
            "chance": round(c, 3),
            "split": "VOC held-out",
            "protocol": how,
        }
        for k, (v, se, c) in figures.items()
    ]


def edits_worth(models: Path, data: Path, split: str) -> list[dict]:
    """What a visitor's edits of the attributes do to caption-semantic's sentences, each with n and se.

    remove_changes: the share of photos whose sentence changes when its most attended attribute is taken away. added_enters: the share of
    photos whose sentence has a word that was added, one that people say of the photo and the detector did not find.
    """
    captioner, photos = Captioner(models, "caption-semantic"), every_photo(data)
    words = (models / "caption-semantic" / "attributes.txt").read_text().split("\n")[:-1]
    numbers, references = judged(data, "flickr8k", split)
    random, changed, entered = np.random.default_rng(SEED), [], []
    for seen, refs in zip(encode(models, (photos[i].path(data) for i in numbers)), references, strict=True):
        captioner.added = captioner.removed = None
        given, shares = captioner.given(seen[0], captioner.begun(*seen)), []
        before = [word for word, _ in captioner.greedy(*seen, shares)]
        captioner.removed = int(given["attributes"][0, np.sum(shares, 0).argmax()])
        changed.append(before != [word for word, _ in captioner.greedy(*seen)])
        captioner.removed, known = None, set(given["attributes"][0].tolist())
        fitting = [
            k for k, w in enumerate(words) if k not in known and any(w in ref for ref in refs) and w not in before
        ]
        if fitting and len(entered) < ADDED_TRIALS:
            captioner.added = int(random.choice(fitting))
            entered.append(words[captioner.added] in [word for word, _ in captioner.greedy(*seen)])
    how = {
        "remove_changes": (changed, "greedy sentence changes when its most attended attribute is taken away"),
        "added_enters": (
            entered,
            "an added word that people say of the photo, and the detector did not find, is in the greedy sentence",
        ),
    }
    made = []
    for name, (hits, protocol) in how.items():
        share = float(np.mean(hits))
        figures = {"value": round(share, 3), "se": round((share * (1 - share) / len(hits)) ** 0.5, 3), "n": len(hits)}
        made.append({"name": name, **figures, "split": f"Flickr8k {split}", "protocol": protocol})
    return made

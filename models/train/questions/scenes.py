"""Questions about PASCAL VOC's photos, from their masks: is there a …, which animal or vehicle is there, and boxes to point at."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from train.captions.masks import CLASSES, VOID
from train.captions.photos import Photo
from train.common.image_encoder import GRID
from train.questions.asked import NO, YES, Question, there
from train.questions.model import BOXES, GEOMETRY

# What people call VOC's classes, the most usual name first.
NAMES = {
    "aeroplane": "airplane plane",
    "bicycle": "bike bicycle",
    "bird": "bird",
    "boat": "boat",
    "bottle": "bottle",
    "bus": "bus",
    "car": "car",
    "cat": "cat",
    "chair": "chair",
    "cow": "cow",
    "diningtable": "table",
    "dog": "dog",
    "horse": "horse",
    "motorbike": "motorcycle motorbike",
    "person": "person",
    "pottedplant": "plant",
    "sheep": "sheep",
    "sofa": "couch sofa",
    "train": "train",
    "tvmonitor": "tv television monitor screen",
}
KINDS_OF = {
    "animal": "bird cat cow dog horse sheep".split(),
    "vehicle": "aeroplane bicycle boat bus car motorbike train".split(),
}
POINTING = ("where is the {}", "which box shows the {}", "point to the {}", "which one is the {}", "where is a {}", "show me the {}", "find the {}")
# Asked of VOC's photos for the gaze alone: its masks know no colours and doings.
LOOKING = ("what color is the {}", "what is the {} doing", "where is the {}", "who is near the {}", "what is near the {}", "how big is the {}")
# An object that is asked for covers at least so much; one that is smaller is neither there nor not there.
SMALLEST = 0.02
# Boxes to choose among: the right one covers at most `LARGEST` of the photo, the others have between 1 / `SIMILAR` and `SIMILAR` times
# its area, overlap it by at most `APART` (intersection over union) and show at most `LITTLE` of the object.
LARGEST, SIMILAR, APART, LITTLE = 0.4, 1.35, 0.2, 0.1
DRAWN = 200
Box = tuple[float, float, float, float]


@dataclass
class Scene:
    """A photo with its mask [H, W] of class numbers and the share of it that each class covers."""

    number: int
    mask: np.ndarray
    shares: dict[str, float]


@dataclass
class Pointing:
    """A photo, what is asked for, and four boxes (left, top, right, bottom, in sides of the picture), the right one first."""

    photo: int
    words: tuple[str, ...]
    boxes: list[Box]


def scenes(data: Path, photos: list[tuple[int, Photo]]) -> list[Scene]:
    """The masks of VOC photos."""
    found = []
    for number, photo in photos:
        mask = np.asarray(Image.open(data / "voc" / "masks" / f"{photo.name}.png"))
        sizes = np.bincount(mask.ravel(), minlength=VOID + 1) / mask.size
        found.append(Scene(number, mask, {CLASSES[k]: float(sizes[k]) for k in range(1, len(CLASSES)) if sizes[k]}))
    return found


def asked_of(shown: list[Scene], chance: random.Random) -> list[Question]:
    """Yes/no questions, as often yes as no for each class, and which animal or vehicle there is."""
    made = []
    for kind, names in NAMES.items():
        yes = [s for s in shown if s.shares.get(kind, 0) >= SMALLEST]
        # A like thing first: a photo with a cat where a dog is asked for.
        like = {k for part in KINDS_OF.values() if kind in part for k in part}
        no = sorted((s for s in shown if kind not in s.shares), key=lambda s: (not like & set(s.shares), chance.random()))
        count = min(len(yes), len(no), 150)
        for scene, other in zip(chance.sample(yes, count), no[:count], strict=True):
            words = there(chance.choice(names.split()))
            made += [Question(scene.number, words, YES, "yesno"), Question(other.number, words, NO, "yesno")]
    for kind, classes in KINDS_OF.items():
        for scene in shown:
            seen = [c for c in classes if c in scene.shares]
            if len(seen) == 1 and scene.shares[seen[0]] >= SMALLEST:
                name = NAMES[seen[0]].split()[0]
                words = ("what", kind, "is", "there")
                made.append(Question(scene.number, words, name, "object", frozenset({name})))
    return made


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0.0, wide) * max(0.0, high)
    area = extent(a) + extent(b) - shared
    return shared / area if area else 0.0


def extent(box: Box) -> float:
    """The share of the picture that a box covers."""
    return (box[2] - box[0]) * (box[3] - box[1])


def off_centre(box: Box) -> float:
    """How far the middle of a box is from that of the picture, in its sides."""
    return ((box[0] + box[2] - 1) ** 2 + (box[1] + box[3] - 1) ** 2) ** 0.5 / 2


def boxed(mask: np.ndarray) -> Box:
    """The box around what is true in a mask."""
    ys, xs = np.nonzero(mask)
    high, wide = mask.shape
    return xs.min() / wide, ys.min() / high, (xs.max() + 1) / wide, (ys.max() + 1) / high


class Counted:
    """A mask of which it is asked often how much of it lies in a box: sums from the left upper corner on."""

    def __init__(self, mask: np.ndarray):
        self.sums = np.pad(mask.cumsum(0).cumsum(1), ((1, 0), (1, 0)))

    def within(self, box: Box) -> float:
        """The share of the mask that lies in a box."""
        high, wide = (side - 1 for side in self.sums.shape)
        left, right = int(box[0] * wide), min(wide, int(box[2] * wide) + 1)
        top, bottom = int(box[1] * high), min(high, int(box[3] * high) + 1)
        s = self.sums
        return float(s[bottom, right] - s[top, right] - s[bottom, left] + s[top, left]) / max(1, s[-1, -1])


def others(scene: Scene, kind: str, right: Box, chance: random.Random) -> list[Box]:
    """Boxes of similar size that show something else, those around other objects first."""
    here = Counted(scene.mask == CLASSES.index(kind))
    area, found = extent(right), []
    # The right box and the others lie alike around a size that none of them shows.
    middle = area * SIMILAR ** chance.uniform(-0.5, 0.5)

    def fits(box: Box) -> bool:
        similar = 1 / SIMILAR <= extent(box) / area <= SIMILAR
        return similar and overlap(box, right) <= APART and here.within(box) <= LITTLE

    for other, share in scene.shares.items():
        if other != kind and share >= SMALLEST / 2:
            found.append(boxed(scene.mask == CLASSES.index(other)))
    for _ in range(DRAWN):
        size, shape = middle * SIMILAR ** chance.uniform(-0.5, 0.5), chance.uniform(-0.35, 0.35)
        wide, high = (right[2] - right[0]) * 2**shape, (right[3] - right[1]) * 2**-shape
        wide, high = (side * (size / area) ** 0.5 for side in (wide, high))
        if wide < 1 and high < 1:
            x, y = chance.uniform(0, 1 - wide), chance.uniform(0, 1 - high)
            found.append((x, y, x + wide, y + high))
    return [box for box in found if fits(box)]


def pointings(shown: list[Scene], chance: random.Random) -> list[Pointing]:
    """A question for each class that a photo shows, where there are three other boxes of similar size that show little of it.

    The place of the right box by its distance from the middle is drawn evenly where there are boxes on both sides; of those questions whose
    right box is nearest to the middle none the less, so many are left out that a third of the rest is.
    """
    nearest, rest = [], []
    for scene in shown:
        for kind, share in scene.shares.items():
            if share < SMALLEST:
                continue
            right = boxed(scene.mask == CLASSES.index(kind))
            if extent(right) > LARGEST:
                continue
            wrong: list[Box] = []
            candidates = others(scene, kind, right, chance)
            inner = [b for b in candidates if off_centre(b) < off_centre(right)]
            outer = [b for b in candidates if off_centre(b) >= off_centre(right)]
            inside = chance.randrange(BOXES)
            for pool, wanted in ((inner, inside), (outer, BOXES - 1), (inner, BOXES - 1)):
                for box in pool:
                    if len(wrong) < wanted and all(overlap(box, b) < 0.5 for b in wrong):
                        wrong.append(box)
            if len(wrong) == BOXES - 1:
                words = chance.choice(POINTING).format(chance.choice(NAMES[kind].split()))
                made = Pointing(scene.number, tuple(words.split()), [right, *wrong])
                (nearest if closest(made, off_centre) == 0 else rest).append(made)
    chance.shuffle(nearest)
    return sorted(rest + nearest[: len(rest) // 2], key=lambda p: p.photo)


def closest(asked: Pointing, measure: Callable[[Box], float]) -> int:
    """Which box has the least of a measure."""
    return min(range(BOXES), key=lambda i: measure(asked.boxes[i]))


def looked_at(shown: list[Scene]) -> dict[int, list[str]]:
    """The classes that each photo shows, for questions whose gaze is taught."""
    found = defaultdict(list)
    for scene in shown:
        found[scene.number] = [kind for kind, share in scene.shares.items() if share >= SMALLEST]
    return {number: kinds for number, kinds in found.items() if kinds}


def looking(kinds: list[str], chance: random.Random) -> tuple[str, ...]:
    """A question about one of the classes of a photo, its answer unknown."""
    name = chance.choice(NAMES[chance.choice(kinds)].split())
    return tuple(chance.choice(LOOKING + POINTING).format(name).split())


def shares(box: Box) -> np.ndarray:
    """How much of each place [196] of the grid lies in a box."""
    edges = np.arange(GRID + 1) / GRID

    def along(low: float, high: float) -> np.ndarray:
        return np.clip(np.minimum(edges[1:], high) - np.maximum(edges[:-1], low), 0, None) * GRID

    return np.outer(along(box[1], box[3]), along(box[0], box[2])).ravel().astype(np.float32)


def mirrored(box: Box) -> Box:
    """The box in the mirrored photo."""
    return 1 - box[2], box[1], 1 - box[0], box[3]


def laid(boxes: list[list[Box]]) -> tuple[Tensor, Tensor]:
    """Shares [B, N, 196] and geometry [B, N, 5] of boxes."""
    inside = torch.from_numpy(np.array([[shares(b) for b in row] for row in boxes]))
    geometry = torch.tensor([[(*b, extent(b)) for b in row] for row in boxes])
    assert geometry.shape[-1] == GEOMETRY
    return inside, geometry.float()

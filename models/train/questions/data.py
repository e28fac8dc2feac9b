"""Photos and questions for visual question answering, as tensors: Flickr8k, DAQUAR, and boxes from PASCAL VOC's masks."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from train.captions.features import Features, load_features
from train.captions.lower import VIEWS
from train.captions.photos import every_photo, load_picture, pixels
from train.common.image_encoder import GRID, Encoder
from train.questions.asked import Question, choices, daquar, flickr
from train.questions.model import BOXES, GEOMETRY

RAREST_WORD = 3
RAREST_ANSWER = 6
LONGEST = 20
TEMPLATES = ("where is the {}", "which box shows the {}", "point to the {}", "which one is the {}", "where is a {}")
CLASSES = (
    "background aeroplane bicycle bird boat bottle bus car cat chair cow table dog horse motorbike person plant sheep sofa train tv"
).split()
SMALLEST = 0.02
TRIES = 60


@torch.inference_mode()
def cached(images: list[Path], encoder: Encoder, kept: Path) -> Features:
    """The encoder's features of photos, kept in a file for the next run."""
    if not kept.exists():
        parts = []
        for at in range(0, len(images), 32):
            batch = torch.from_numpy(np.stack([pixels(load_picture(p)) for p in images[at : at + 32]]))
            maps = encoder.backbone.trunk(batch.contiguous(memory_format=torch.channels_last))
            parts.append([t.half() for t in encoder.parts(*maps)])
        torch.save([torch.cat(p) for p in zip(*parts, strict=True)], kept)
    return Features(*torch.load(kept))


@dataclass
class Pointing:
    """A photo, what is asked for, and four boxes (left, top, right, bottom, in sides of the picture), the right one first."""

    photo: int
    words: tuple[str, ...]
    boxes: list[tuple[float, float, float, float]]


def overlap(a: tuple, b: tuple) -> float:
    """Intersection over union of two boxes."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0.0, wide) * max(0.0, high)
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared / area if area else 0.0


def pointings(folder: Path, names: list[str], chance: random.Random) -> list[Pointing]:
    """A question for each class that a photo's mask shows; the other boxes are those of other classes, then random ones of the
    size and shape of some object, in which the class has no more than a twentieth."""
    found, shapes = [], []
    for row, name in enumerate(names):
        mask = np.asarray(Image.open(folder / "masks" / f"{name}.png"))
        high, wide = mask.shape
        boxes = {}
        for label in sorted(set(np.unique(mask).tolist()) - {0, 255}):
            ys, xs = np.nonzero(mask == label)
            if len(ys) >= SMALLEST * mask.size:
                boxes[label] = (xs.min() / wide, ys.min() / high, (xs.max() + 1) / wide, (ys.max() + 1) / high)
        shapes += [(b[2] - b[0], b[3] - b[1]) for b in boxes.values() if (b[2] - b[0]) * (b[3] - b[1]) < 0.5]
        found.append((row, mask, boxes))
    made = []
    for row, mask, boxes in found:
        for label, box in boxes.items():
            others = [b for k, b in boxes.items() if k != label and overlap(b, box) < 0.5][: BOXES - 1]
            for _ in range(TRIES):
                if len(others) == BOXES - 1:
                    break
                wide, high = chance.choice(shapes)
                x, y = chance.uniform(0, 1 - wide), chance.uniform(0, 1 - high)
                other = (x, y, x + wide, y + high)
                rows = slice(int(y * mask.shape[0]), int((y + high) * mask.shape[0]) + 1)
                part = mask[rows, int(x * mask.shape[1]) : int((x + wide) * mask.shape[1]) + 1]
                if (part == label).mean() < 0.05 and all(overlap(other, b) < 0.4 for b in (*others, box)):
                    others.append(other)
            if len(others) == BOXES - 1:
                question = chance.choice(TEMPLATES).format(CLASSES[label])
                made.append(Pointing(row, tuple(question.split()), [box, *others]))
    return made


def shares(box: tuple[float, float, float, float]) -> np.ndarray:
    """How much of each place [196] of the grid lies in a box."""
    edges = np.arange(GRID + 1) / GRID

    def along(low: float, high: float) -> np.ndarray:
        return np.clip(np.minimum(edges[1:], high) - np.maximum(edges[:-1], low), 0, None) * GRID

    return np.outer(along(box[1], box[3]), along(box[0], box[2])).ravel().astype(np.float32)


def laid(boxes: list[list[tuple]]) -> tuple[Tensor, Tensor]:
    """Shares [B, N, 196] and geometry [B, N, 5] of boxes."""
    inside = torch.from_numpy(np.array([[shares(b) for b in row] for row in boxes]))
    geometry = torch.tensor([[(*b, (b[2] - b[0]) * (b[3] - b[1])) for b in row] for row in boxes])
    assert geometry.shape[-1] == GEOMETRY
    return inside, geometry.float()


@dataclass
class Split:
    """The questions of a split: `views` hold the photos' features, `photo` is each question's row in them."""

    views: list[Features]
    photo: Tensor
    words: Tensor
    answer: Tensor
    choices: Tensor
    kinds: list[str]


class World:
    """All photos, questions and the two vocabularies."""

    def __init__(self, data: Path, work: Path, encoder: Encoder):
        self.daquar, self.voc = data / "daquar", data / "voc"
        asked = {s: flickr(data, s) for s in ("train", "dev", "test")}
        rooms = {s: daquar(self.daquar, s) for s in ("train", "eval")}
        images = sorted((self.daquar / "images").glob("*.webp"))
        self.rooms = cached(images, encoder, work / "daquar.pt")
        self.room_rows = {p.stem: i for i, p in enumerate(images)}
        names = sorted(p.stem for p in (self.voc / "masks").glob("*.png"))
        self.scenes = cached([self.voc / "images" / f"{n}.webp" for n in names], encoder, work / "voc.pt")
        chance = random.Random(11)
        every = pointings(self.voc, names, chance)
        # Every tenth photo is held out for dev, every other tenth for the test.
        part = {"train": range(8), "dev": (8,), "test": (9,)}
        self.pointing = {s: [p for p in every if p.photo % 10 in rows] for s, rows in part.items()}
        everything = [q.words for q in asked["train"] + rooms["train"]] + [p.words for p in self.pointing["train"]]
        words = Counter(w for question in everything for w in question)
        answers = Counter(q.answer for q in asked["train"] + rooms["train"])
        self.words = ["<pad>", "<unk>", *sorted(w for w, n in words.items() if n >= RAREST_WORD)]
        self.answers = sorted(a for a, n in answers.items() if n >= RAREST_ANSWER)
        self.word_number = {w: i for i, w in enumerate(self.words)}
        self.answer_number = {a: i for i, a in enumerate(self.answers)}
        self.splits = {}
        for split in ("train", "dev", "test"):
            rows = {p.name: i for i, p in enumerate(every_photo(data)) if (p.source, p.split) == ("flickr8k", split)}
            # Flickr8k's photos come first in the features, in this order.
            held = slice(min(rows.values()), max(rows.values()) + 1)
            names = VIEWS if split == "train" else VIEWS[:1]
            views = [load_features(work, v, held) for v in names]
            number = {name: row - held.start for name, row in rows.items()}
            self.splits[split] = self.split(asked[split], asked["train"], views, number)
        self.splits["rooms"] = self.split(rooms["train"], rooms["train"], [self.rooms], self.room_rows)
        self.splits["rooms-test"] = self.split(rooms["eval"], rooms["train"], [self.rooms], self.room_rows)

    def numbered(self, questions: list[tuple[str, ...]]) -> Tensor:
        """Questions as ids [B, LONGEST], zeros behind their end."""
        made = torch.zeros(len(questions), LONGEST, dtype=torch.long)
        for row, words in zip(made, questions, strict=True):
            ids = [self.word_number.get(w, 1) for w in words[:LONGEST]]
            row[: len(ids)] = torch.tensor(ids)
        return made

    def split(self, asked: list[Question], pool: list[Question], views: list[Features], rows: dict[str, int]) -> Split:
        known = [q for q in pool if q.answer in self.answer_number]
        four = choices(asked, known, seed=5)
        return Split(
            views,
            torch.tensor([rows[q.photo] for q in asked]),
            self.numbered([q.words for q in asked]),
            torch.tensor([self.answer_number.get(q.answer, -1) for q in asked]),
            torch.tensor([[self.answer_number.get(a, -1) for a in row] for row in four]),
            [q.kind for q in asked],
        )

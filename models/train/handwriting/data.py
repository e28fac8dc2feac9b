"""Pen strokes with their text from UNIPEN train_r01_v07 (International Unipen Foundation, 1999), as offsets.

A point is (dx, dy, e): the pen's offset from the point before, in units of 0.3 x-height with y up, and whether the
stroke ends with it (Graves 2013, section 4). Only every second point of the archive is kept.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

UNIT = 30.0
CHARACTERS = " abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,-'\"()?!;:/&%$"
# No writer of these contributors is among the single words, so that a held-out hand is new for certain.
HELD_OUT = ("aga", "apa", "app", "bbd")
LONGEST_TEXT = 64
LONGEST = 900
DENSITY = (5, 26)
FAR = 25.0


@dataclass
class Sample:
    """A line's points [T, 3] and its text as numbers, 0 being the space."""

    points: np.ndarray
    text: list[int]


def thinned(delta: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Every second point of each stroke, and its last, as (dx, dy, e)."""
    place = np.cumsum(delta, 0) / UNIT
    first = np.r_[0, np.flatnonzero(ends)[:-1] + 1]
    within = np.arange(len(delta)) - np.repeat(first, np.diff(np.r_[first, len(delta)]))
    kept = (within % 2 == 0) | (ends == 1)
    place, ends = place[kept], ends[kept]
    steps = np.diff(place, axis=0, prepend=np.zeros((1, 2)))
    return np.concatenate([steps, ends[:, None]], 1).astype(np.float32)


def read(path: Path) -> dict[tuple[str, int], list[Sample]]:
    """The samples of each writer (contributor, number) that can be used."""
    kept, archive = defaultdict(list), np.load(path)
    arrays = {k: archive[k] for k in archive}
    number = {c: i for i, c in enumerate(CHARACTERS)}
    for k, text in enumerate(arrays["text"].tolist()):
        if not set(text) <= set(CHARACTERS) or len(text) > LONGEST_TEXT:
            continue
        rows = slice(*arrays["offset"][k : k + 2])
        points = thinned(arrays["delta"][rows], arrays["stroke_end"][rows])
        usual = DENSITY[0] <= len(points) / len(text) <= DENSITY[1]
        if usual and len(points) <= LONGEST and np.abs(points).max() < FAR:
            writer = (str(arrays["contributor"][k]), int(arrays["writer"][k]))
            kept[writer].append(Sample(points, [number[c] for c in text]))
    return kept


def joined(words: list[Sample], chance: random.Random) -> Sample:
    """A line of single words by one hand, with gaps of about one x-height."""
    points, text, pen = [], [], np.zeros(2, np.float32)
    edge = 0.0
    for word in words:
        mine = word.points.copy()
        start = np.array([edge, 0], np.float32)
        mine[0, :2] += start - pen
        trail = np.cumsum(word.points[:, :2], 0) + start
        pen, edge = trail[-1], float(trail[:, 0].max()) + chance.uniform(2, 4)
        points.append(mine)
        text += ([0] if text else []) + word.text
    return Sample(np.concatenate(points), text)


class Corpus:
    """UNIPEN split by writers: `train` lines and words, `dev` and `test` lines of hands never trained on."""

    def __init__(self, folder: Path):
        lines = read(folder / "unipen_lines.npz")
        self.dev, self.test, self.lines = [], [], []
        for (contributor, writer), samples in sorted(lines.items()):
            part = writer % 4 if contributor in HELD_OUT else 2
            (self.test, self.dev, self.lines, self.lines)[part].extend(samples)
        self.words = list(read(folder / "unipen_words.npz").values())

    def line(self, chance: random.Random) -> Sample:
        """A training line: as written, or joined from words of one hand."""
        if chance.random() < 0.5:
            return chance.choice(self.lines)
        hand = chance.choices(self.words, [min(len(w), 300) for w in self.words])[0]
        return joined(chance.choices(hand, k=chance.randint(2, 5)), chance)


def varied(sample: Sample, chance: random.Random) -> np.ndarray:
    """The points a little wider, taller or more slanted than they were written."""
    points = sample.points.copy()
    slant = chance.gauss(0, 0.08)
    points[:, 0] = points[:, 0] * chance.uniform(0.9, 1.1) + slant * points[:, 1]
    points[:, 1] *= chance.uniform(0.9, 1.1)
    return points


def batch(points: list[np.ndarray], texts: list[list[int]]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Inputs [B, T, 3] (the point before), targets [B, T, 3], mask [B, T], text one-hot [B, U, C] padded with zeros."""
    longest = max(map(len, points))
    target = torch.zeros(len(points), longest, 3)
    mask = torch.zeros(len(points), longest)
    text = torch.zeros(len(points), max(map(len, texts)), len(CHARACTERS))
    for row, (p, t) in enumerate(zip(points, texts, strict=True)):
        target[row, : len(p)] = torch.from_numpy(p)
        mask[row, : len(p)] = 1
        text[row, range(len(t)), t] = 1
    pen_up = torch.tensor([0.0, 0.0, 1.0]).expand(len(points), 1, 3)
    return torch.cat([pen_up, target[:, :-1]], 1), target, mask, text

"""PASCAL VOC's masks on the encoder's grid of places, and the words that name its classes (shared/gaze: the gaze's truth)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from train.captions.duplicates import learned
from train.captions.lower import shown_in
from train.captions.photos import SIDE, every_photo

GRID = 14
VOID = 255
BACKGROUND = 0
WORDS = {
    "aeroplane": "airplane airplanes plane planes jet jets airliner aircraft",
    "bicycle": "bicycle bicycles bike bikes",
    "bird": "bird birds duck ducks seagull seagulls goose geese swan parrot",
    "boat": "boat boats ship ships sailboat sailboats canoe kayak",
    "bottle": "bottle bottles",
    "bus": "bus buses",
    "car": "car cars truck taxi van",
    "cat": "cat cats kitten kittens",
    "chair": "chair chairs",
    "cow": "cow cows cattle bull calf",
    "diningtable": "table tables",
    "dog": "dog dogs puppy puppies greyhound",
    "horse": "horse horses pony",
    "motorbike": "motorcycle motorcycles motorbike motorbikes bike bikes",
    "person": "person people man men woman women boy boys girl girls child children kid kids baby lady guy guys player players "
    "toddler rider skateboarder snowboarder surfer biker cyclist skier climber crowd adult couple",
    "pottedplant": "plant plants",
    "sheep": "sheep lamb lambs",
    "sofa": "sofa couch",
    "train": "train trains locomotive",
    "tvmonitor": "tv television monitor monitors screen",
}
CLASSES = ["background", *WORDS]


def named(words: list[str]) -> Tensor:
    """[V, 21]: 1 where a word of the vocabulary names a class."""
    found = torch.zeros(len(words), len(CLASSES))
    for number, said in enumerate(WORDS.values(), 1):
        for word in said.split():
            if word in words:
                found[words.index(word), number] = 1
    return found


def on_grid(mask: Image.Image, box: tuple[float, ...], mirrored: bool) -> np.ndarray:
    """[196, 21]: the share of each place that each class covers; what is void covers nothing."""
    squashed = np.asarray(mask.resize((SIDE, SIDE), Image.NEAREST).resize((SIDE, SIDE), Image.NEAREST, box))
    if mirrored:
        squashed = squashed[:, ::-1]
    cells = squashed.reshape(GRID, SIDE // GRID, GRID, SIDE // GRID).transpose(0, 2, 1, 3).reshape(GRID * GRID, -1)
    return (cells[:, :, None] == np.arange(len(CLASSES))).mean(1)


def cached_masks(data: Path, work: Path, view: str) -> tuple[list[int], Tensor]:
    """The numbers of the VOC photos in a view, and their masks [N, 196, 21] in 255ths; made once."""
    photos, rows = every_photo(data), shown_in(view, every_photo(data))
    boxes, kept = np.load(work / f"{view}_boxes.npy"), work / f"{view}_masks.npy"
    voc = [(row, number) for row, number in enumerate(rows) if photos[number].source == "voc"]
    if not kept.exists():
        made = []
        for row, number in voc:
            mask = Image.open(data / "voc" / "masks" / f"{photos[number].name}.png")
            made.append((on_grid(mask, tuple(boxes[row]), "flip" in view) * 255).round().astype(np.uint8))
        np.save(kept, np.stack(made))
    return [number for _, number in voc], torch.from_numpy(np.load(kept))


def learned_masks(data: Path, work: Path) -> list[int]:
    """The numbers of the VOC photos that may train."""
    return [number for number, photo in learned(data, work) if photo.source == "voc"]

"""What the trained encoder makes of every photo with captions, in each of its views: made once, then read by all that build on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from train.captions.joint import Joint
from train.captions.lower import VIEWS
from train.captions.lowered import Lowered
from train.captions.masks import CLASSES
from train.captions.photos import every_photo
from train.common.image_encoder import Backbone, Encoder
from train.common.onnx_files import quantise

SHAPES = {"mid": (196, 112), "deep": (49, 320), "pooled": (1280,), "masks": (196, len(CLASSES))}
BATCH = 32


@dataclass
class Features:
    """What the encoder makes of photos, kept on its own grids to save memory.

    mid [N, 196, 112], deep [N, 49, 320] (before upsampling), pooled [N, 1280]; fp16.
    """

    mid: Tensor
    deep: Tensor
    pooled: Tensor

    def of(self, rows: Tensor) -> tuple[Tensor, ...]:
        """The f32 features of some photos."""
        return self.mid[rows].float(), self.deep[rows].float(), self.pooled[rows].float()


def trained_encoder(work: Path) -> Encoder:
    """The encoder as `JointRun` left it, its weights on the shipped file's int8 grid."""
    encoder = Encoder(Backbone())
    encoder.load_state_dict(torch.load(work / "encoder" / "encoder.pt"))
    quantise(encoder)
    return encoder.eval()


def held(data: Path, view: str) -> list[int]:
    """The photos that have features in a view: those with captions, and in the plain view those held out of VOC."""
    return [
        number
        for number, photo in enumerate(every_photo(data))
        if (photo.source != "voc" and photo.split == "train") or (view == "plain" and photo.split != "train")
    ]


@torch.inference_mode()
def cache_features(data: Path, work: Path, words: int, view: str) -> None:
    """Write `VIEW_{mid,deep,pooled,masks}.npy` in WORK/features, the last the pseudo-masks [N, 196, 21] in 255ths.

    It goes on where it stopped.
    """
    folder, numbers = work / "features", held(data, view)
    count = folder / f"{view}.count"
    at = int(count.read_text()) if count.exists() else 0
    if at == len(numbers):
        return
    folder.mkdir(exist_ok=True)
    kinds = {"masks": np.uint8}
    files = {
        key: np.lib.format.open_memmap(
            folder / f"{view}_{key}.npy", "r+" if at else "w+", kinds.get(key, np.float16), (len(numbers), *shape)
        )
        for key, shape in SHAPES.items()
    }
    net = Joint(trained_encoder(work), words)
    net.load_state_dict(torch.load(work / "encoder" / "last.pt", weights_only=False)["average"])
    quantise(net.upper.encoder)
    net.eval()
    lowered = Lowered(data, work)
    for start in range(at, len(numbers), BATCH):
        part = numbers[start : start + BATCH]
        with torch.autocast("cpu", torch.bfloat16, enabled=view != "plain"):
            mid, deep, pooled = net.upper(lowered.of(part, [view] * len(part)), exact=view == "plain")
            found = torch.softmax(net.classes(mid, deep).float(), -1)
        rows = slice(start, start + len(part))
        for key, values in {"mid": mid, "deep": deep, "pooled": pooled}.items():
            files[key][rows] = values.float().half().numpy()
        files["masks"][rows] = (found * 255).round().byte().numpy()
        count.write_text(str(start + len(part)))
    for file in files.values():
        file.flush()


def prepare(data: Path, work: Path, words: int) -> None:
    """Make the features of all views that are not there yet."""
    for view in VIEWS:
        cache_features(data, work, words, view)


def opened(work: Path, view: str, key: str) -> Tensor:
    """One of the files of a view, read from disk where it is used."""
    return torch.from_numpy(np.load(work / "features" / f"{view}_{key}.npy", mmap_mode="c"))


def load_features(work: Path, view: str, rows: slice = slice(None)) -> Features:
    """The features of a view; Flickr8k's photos come first, train, dev and test in the plain view."""
    return Features(*(opened(work, view, key)[rows] for key in ("mid", "deep", "pooled")))


class Seen:
    """All views of the photos by their numbers in `every_photo`, with their pseudo-masks."""

    def __init__(self, data: Path, work: Path):
        self.views = {view: load_features(work, view) for view in VIEWS}
        self.masks = {view: opened(work, view, "masks") for view in VIEWS}
        self.row = {view: {number: row for row, number in enumerate(held(data, view))} for view in VIEWS}

    def rows(self, numbers: list[int], views: list[str]) -> list[tuple[str, int]]:
        """View and row of each photo."""
        return [(view, self.row[view][number]) for number, view in zip(numbers, views, strict=True)]

    def of(self, numbers: list[int], views: list[str]) -> tuple[Tensor, Tensor, Tensor]:
        """The f32 features of photos, each in a view of its own."""
        at = self.rows(numbers, views)
        # In f32 before they are stacked: autocast refuses to stack fp16.
        parts = ([getattr(self.views[v], key)[r].float() for v, r in at] for key in ("mid", "deep", "pooled"))
        return tuple(map(torch.stack, parts))

    def plain(self, numbers: list[int]) -> tuple[Tensor, ...]:
        """The features of the photos as they are."""
        return self.of(numbers, ["plain"] * len(numbers))

    def mask(self, numbers: list[int], views: list[str]) -> Tensor:
        """[B, 196, 21]: the probability of each VOC class at each place."""
        return torch.stack([self.masks[v][r] for v, r in self.rows(numbers, views)]).float() / 255

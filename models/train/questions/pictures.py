"""What the trained encoder makes of every photo that is asked about, with pseudo-masks, by the photo's number.

Flickr8k, COCO and VOC's held-out photos are as the captioners cached them; VOC's training photos and DAQUAR's rooms are added here,
plain and, for VOC, mirrored. Numbers are those of `every_photo`; the rooms follow.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from train.captions.features import SHAPES, Seen, trained_encoder
from train.captions.joint import Joint
from train.captions.lower import Lower
from train.captions.lowered import Lowered
from train.captions.masks import CLASSES
from train.captions.photos import every_photo, load_picture, pixels
from train.common.onnx_files import quantise
from train.questions.rooms import room_photos

BATCH = 32
ROOMS, SCENES, MIRRORED = "rooms", "voc-plain", "voc-flip"
KEPT = ("mid", "deep", "pooled")


def trained(work: Path, words: int) -> Joint:
    """The encoder with its segmentation head, which gives the pseudo-masks."""
    net = Joint(trained_encoder(work), words)
    net.load_state_dict(torch.load(work / "encoder" / "last.pt", weights_only=False)["average"])
    quantise(net.upper.encoder)
    return net.eval()


class Part:
    """The features of some photos in one view: mid, deep, pooled in fp16 and masks in 255ths, kept in WORK/questions."""

    def __init__(self, work: Path, name: str, numbers: list[int]):
        self.files = {key: work / "questions" / f"{name}_{key}.npy" for key in SHAPES}
        self.numbers, self.row = numbers, {number: row for row, number in enumerate(numbers)}

    @torch.inference_mode()
    def make(self, net: Joint, lower) -> None:
        """Write the files that are not there; `lower` gives what block 7 makes of some photos."""
        if all(f.exists() for f in self.files.values()):
            return
        made = {key: np.zeros((len(self.numbers), *shape), np.float16) for key, shape in SHAPES.items() if key in KEPT}
        masks = np.zeros((len(self.numbers), 196, len(CLASSES)), np.uint8)
        for start in range(0, len(self.numbers), BATCH):
            rows = slice(start, start + BATCH)
            mid, deep, pooled = net.upper(lower(self.numbers[rows]), exact=True)
            for key, values in zip(KEPT, (mid, deep, pooled), strict=True):
                made[key][rows] = values.half().numpy()
            masks[rows] = (torch.softmax(net.classes(mid, deep), -1) * 255).round().byte().numpy()
        self.files["mid"].parent.mkdir(parents=True, exist_ok=True)
        for key, file in self.files.items():
            part = file.with_suffix(".part")
            with part.open("wb") as opened:
                np.save(opened, made.get(key, masks))
            part.replace(file)

    def open(self) -> None:
        """From now on the features are read from disk where they are used."""
        self.held = {key: torch.from_numpy(np.load(f, mmap_mode="c")) for key, f in self.files.items()}


class Pictures:
    """All photos that are asked about."""

    def __init__(self, data: Path, work: Path, words: int):
        photos = every_photo(data)
        self.first_room = len(photos)
        self.seen = Seen(data, work)
        voc = [i for i, p in enumerate(photos) if p.source == "voc" and p.split == "train"]
        paths = room_photos(data)
        self.parts = {
            ROOMS: Part(work, ROOMS, [self.first_room + i for i in range(len(paths))]),
            SCENES: Part(work, SCENES, voc),
            MIRRORED: Part(work, MIRRORED, voc),
        }
        # Made from the cached lower half; the rooms from their files.
        if not all(f.exists() for part in self.parts.values() for f in part.files.values()):
            net, lowered, lower = trained(work, words), Lowered(data, work), Lower().eval()

            def room(numbers: list[int]) -> Tensor:
                return lower(torch.from_numpy(np.stack([pixels(load_picture(paths[n - self.first_room])) for n in numbers])))

            self.parts[ROOMS].make(net, room)
            self.parts[SCENES].make(net, lambda numbers: lowered.of(numbers, ["plain"] * len(numbers)))
            self.parts[MIRRORED].make(net, lambda numbers: lowered.of(numbers, ["flip"] * len(numbers)))
        for part in self.parts.values():
            part.open()
        self.lowered = Lowered(data, work)

    def views(self, number: int) -> list[str]:
        """The views in which a photo may train."""
        if number >= self.first_room:
            return ["plain"]
        if number in self.parts[SCENES].row:
            return ["plain", "flip"]
        return [view for view, rows in self.seen.row.items() if number in rows]

    def held(self, number: int, view: str) -> tuple[dict[str, Tensor], int]:
        """The files that hold a photo in a view, and its row."""
        for name in (ROOMS, SCENES if view == "plain" else MIRRORED):
            if number in self.parts[name].row:
                return self.parts[name].held, self.parts[name].row[number]
        features = self.seen.views[view]
        return {"mid": features.mid, "deep": features.deep, "pooled": features.pooled, "masks": self.seen.masks[view]}, self.seen.row[view][number]

    def of(self, numbers: list[int], views: list[str]) -> tuple[Tensor, ...]:
        """The f32 features of photos, each in a view of its own: mid [B, 196, 112], deep [B, 49, 320], pooled [B, 1280]."""
        held = [self.held(n, v) for n, v in zip(numbers, views, strict=True)]
        return tuple(torch.stack([files[key][row].float() for files, row in held]) for key in KEPT)

    def plain(self, numbers: list[int]) -> tuple[Tensor, ...]:
        """The features of the photos as they are."""
        return self.of(numbers, ["plain"] * len(numbers))

    def mask(self, numbers: list[int], views: list[str]) -> Tensor:
        """[B, 196, 21]: the share of each VOC class in each place: people's masks for VOC's training photos, else the pseudo-masks."""
        found = []
        for number, view in zip(numbers, views, strict=True):
            if number in self.parts[SCENES].row:
                rows, masks = self.lowered.masks[view]
                found.append(masks[rows[number]])
            else:
                files, row = self.held(number, view)
                found.append(files["masks"][row])
        return torch.stack(found).float() / 255

"""The segmenters as ONNX files, and their figures measured with onnxruntime."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path

import onnx
import torch
import torch.nn.functional as F
from numpy import ndarray
from torch import Tensor, nn

from train.common.dense_encoder import CHANNELS, STRIDES, pixels
from train.common.onnx_files import quantise, save, session, sine, write_goldens
from train.common.page_picture import opened
from train.scales.model import GRID, SIDES, WIDTH, Segmenter, brought
from train.scales.training import Overlap, mask

MAPS = [f"f{s}" for s in STRIDES[1:]]


class Attend(nn.Module):
    """The weights [1, 3, 40, 40] of the scales at every place, from all scales' features brought to one size."""

    def __init__(self, net: Segmenter):
        super().__init__()
        self.attend = net.attend

    def forward(self, features: Tensor) -> Tensor:
        return torch.softmax(self.attend(features), 1)


def export(nets: dict[str, Segmenter], folder: Path, classes: list[str]) -> None:
    """Write MERGE-head.onnx for each, attend.onnx, their goldens, and the names of the classes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "answers.txt").write_text("".join(f"{c}\n" for c in classes))
    goldens = {}
    for merge, net in nets.items():
        net = copy.deepcopy(net).eval()
        quantise(net)
        shapes = [(1, c, SIDES[0] // s, SIDES[0] // s) for c, s in zip(CHANNELS[1:], STRIDES[1:], strict=True)]
        given = {name: sine(*shape) for name, shape in zip(MAPS, shapes, strict=True)}
        stem, facts = f"{merge}-head", {"resizable_from": SIDES[0]}
        goldens[stem] = (given, save(net.head, given, ["scores", "features"], folder / f"{stem}.onnx", facts))
        if merge == "attention":
            given = {"features": sine(1, len(SIDES) * WIDTH, GRID, GRID)}
            goldens["attend"] = (given, save(Attend(net), given, ["weights"], folder / "attend.onnx"))
    write_goldens(folder / "golden.json", goldens)


def at_side(path: Path, start: int, side: int) -> onnx.ModelProto:
    """A graph of convolutions for pictures of another side: rows and columns of its inputs change alike."""
    model = onnx.load(path)
    for given in model.graph.input:
        for dim in given.type.tensor_type.shape.dim[2:]:
            dim.dim_value = dim.dim_value * side // start
    for made in model.graph.output:
        for dim in made.type.tensor_type.shape.dim[2:]:
            dim.ClearField("dim_value")
            dim.dim_param = "any"
    del model.graph.value_info[:]
    return model


class Shipped:
    """The shipped segmenter of one merge, opened from its folder and the encoder's."""

    def __init__(self, folder: Path, merge: str):
        encoder = folder.parent / "dense-encoder" / "dense-encoder.onnx"
        self.merge = merge
        self.sides = SIDES[:1] if merge == "single" else SIDES
        self.encoders = [session(at_side(encoder, 224, s).SerializeToString()) for s in self.sides]
        head = folder / f"{merge}-head.onnx"
        self.heads = [session(at_side(head, SIDES[0], s).SerializeToString()) for s in self.sides]
        self.attend = session(folder / "attend.onnx") if merge == "attention" else None

    def scored(self, path: Path, resized: Callable[[Path, int], ndarray] = pixels) -> tuple[Tensor, list[Tensor], Tensor | None]:
        """Merged scores [1, 21, 40, 40], each scale's own, and the weights [1, 3, 40, 40]."""
        scores, features = [], []
        for side, encoder, head in zip(self.sides, self.encoders, self.heads, strict=True):
            maps = dict(zip(MAPS, encoder.run(MAPS, {"image": resized(path, side)[None]}), strict=True))
            score, feature = head.run(["scores", "features"], maps)
            scores.append(brought(torch.from_numpy(score)))
            features.append(brought(torch.from_numpy(feature)))
        every = torch.stack(scores)
        if self.attend is None:
            merged = {"max": every.amax(0), "average": every.mean(0), "single": every[0]}[self.merge]
            return merged, scores, None
        weights = torch.from_numpy(self.attend.run(None, {"features": torch.cat(features, 1).numpy()})[0])
        return (every * weights.transpose(0, 1).unsqueeze(2)).sum(0), scores, weights


@torch.inference_mode()
def miou(folder: Path, merge: str, voc: Path, names: list[str]) -> float:
    """Mean intersection over union in percent, at the photos' own size."""
    shipped, overlap = Shipped(folder, merge), Overlap()
    for name in names:
        truth = torch.from_numpy(mask(voc, name).copy())
        merged, _, _ = shipped.scored(voc / "images" / f"{name}.webp")
        said = F.interpolate(merged, truth.shape, mode="bilinear", align_corners=False).argmax(1)[0]
        overlap.add(said, truth)
    return overlap.miou


@torch.inference_mode()
def write_slice(folder: Path, samples: Path, wanted: list[str]) -> None:
    """slice.json: the class at every place, and the mean weights of the scales, of the page's own photos; one photo without
    attention."""
    told = {}
    for merge in ("attention", "average", "max", "single"):
        shipped = Shipped(folder, merge)
        for name in wanted if merge == "attention" else wanted[:1]:
            merged, _, weights = shipped.scored(samples / f"{name}.jpg", opened)
            row = {"classes": merged.argmax(1).flatten().tolist()}
            if weights is not None:
                row["weights"] = [round(w, 4) for w in weights.mean((0, 2, 3)).tolist()]
            told.setdefault(name, {})[merge] = row
    (folder / "slice.json").write_text(json.dumps(told) + "\n")

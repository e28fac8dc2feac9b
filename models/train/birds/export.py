"""The birds' transformers as ONNX files, five of each, and their accuracy measured with onnxruntime on the photos each has not seen."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from train.birds.model import GRID, LARGE, SIDE, VIEWS, Head, Locator, Teller, cut
from train.birds.training import FOLDS, photos
from train.common.dense_encoder import CHANNELS, pixels
from train.common.image_encoder import HEAD_CHANNELS
from train.common.onnx_files import quantise, save, session, sine, write_goldens
from train.common.page_picture import opened


class Places(nn.Module):
    """A locator with theta flat [1, 12]."""

    def __init__(self, net: Locator):
        super().__init__()
        self.net = net

    def forward(self, f32: Tensor) -> Tensor:
        return self.net(f32).flatten(1)


def export(nets: list[tuple[Locator, Teller]], folder: Path, species: list[str]) -> None:
    """Write head.onnx, of each fold locate-K.onnx and tell-K.onnx, golden.json, and the species' names as answers.txt."""
    folder.mkdir(parents=True, exist_ok=True)
    deepest, views = {"f32": sine(1, CHANNELS[3], GRID, GRID)}, {"views": sine(1, VIEWS, HEAD_CHANNELS)}
    goldens = {"head": (deepest, save(Head(), deepest, ["seen"], folder / "head.onnx"))}
    for fold, (locator, teller) in enumerate(nets):
        locator, teller = copy.deepcopy(locator).eval(), copy.deepcopy(teller).eval()
        quantise(locator)
        # What is taken from a vector and what it is divided by stay as they are.
        quantise(teller.name)
        for stem, net, given, out in ((f"locate-{fold}", Places(locator), deepest, "theta"), (f"tell-{fold}", teller, views, "logp")):
            goldens[stem] = (given, save(net, given, [out], folder / f"{stem}.onnx"))
    write_goldens(folder / "golden.json", goldens)
    (folder / "answers.txt").write_text("\n".join(species) + "\n")


class Shipped:
    """The shipped system of one fold, with the sampler between the files."""

    def __init__(self, folder: Path, fold: int):
        encoder = folder.parent / "dense-encoder" / "dense-encoder.onnx"
        paths = [encoder, folder / "head.onnx", folder / f"locate-{fold}.onnx", folder / f"tell-{fold}.onnx"]
        self.encode, self.head, self.locate, self.tell = (session(p) for p in paths)

    def read(self, small: np.ndarray, large: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """logp [3, 20] and theta [2, 6] of a photo [3, 224, 224] and [3, 448, 448]."""
        deepest = self.encode.run(["f32"], {"image": small[None]})[0]
        theta = self.locate.run(None, {"f32": deepest})[0].reshape(-1, 6)
        views = [self.head.run(None, {"f32": deepest})[0]]
        for one in torch.from_numpy(theta):
            window = cut(torch.from_numpy(large[None]), one[None], SIDE)
            views.append(self.head.run(None, {"f32": self.encode.run(["f32"], {"image": window.numpy()})[0]})[0])
        return self.tell.run(None, {"views": np.stack(views, 1)})[0][0], theta


def measured(folder: Path, data: Path) -> dict[str, float]:
    """Percent of photos named rightly, each by the fold that has not seen it: by all views, by the whole photo alone, by each window."""
    paths, species, folds = photos(data)
    right = np.zeros((len(paths), 1 + VIEWS), bool)
    for fold in range(FOLDS):
        shipped = Shipped(folder, fold)
        for row in (folds == fold).nonzero().flatten().tolist():
            logp, _ = shipped.read(pixels(paths[row], SIDE), pixels(paths[row], LARGE))
            right[row] = [told.argmax() == species[row].item() for told in (logp.sum(0), *logp)]
    names = ["accuracy", "accuracy_none", "accuracy_first", "accuracy_second"]
    return dict(zip(names, (100 * right.mean(0)).tolist(), strict=True))


def write_slice(folder: Path, samples: Path, wanted: list[str]) -> None:
    """slice.json: windows and what each view of the page's own photos says, by the first fold's files."""
    shipped, told = Shipped(folder, 0), {}
    for name in wanted:
        logp, theta = shipped.read(*(opened(samples / f"{name}.jpg", side) for side in (SIDE, LARGE)))
        told[name] = {"theta": theta.round(4).tolist(), "logp": logp.round(3).tolist()}
    (folder / "slice.json").write_text(json.dumps(told) + "\n")

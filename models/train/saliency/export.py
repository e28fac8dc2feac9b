"""The saliency system as ONNX files, and its figures measured with onnxruntime; the windows are cut and pasted between the files."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy import ndarray
from torch import Tensor, nn

from train.common.dense_encoder import CHANNELS, STRIDES, Pyramid, pixels
from train.common.onnx_files import quantise, save, session, sine, write_goldens
from train.common.page_picture import opened
from train.saliency.data import mask, names, split
from train.saliency.model import (
    CANVAS,
    CONTEXT,
    HIDDEN,
    PATCH,
    PATCH_CHANNELS,
    SIDE,
    STEPS,
    VIEW,
    Refiner,
    Saliency,
    grown,
    overview,
    pasted,
    sampled,
)
from train.saliency.training import Curve

MAPS = [f"f{s}" for s in STRIDES]


class First(nn.Module):
    """All that is made of the encoder's maps before the first look."""

    def __init__(self, net: Saliency):
        super().__init__()
        self.net = net

    def forward(self, *maps: Tensor) -> tuple[Tensor, ...]:
        coarse, features = self.net.coarse(maps)
        return coarse.squeeze(1), *self.net.refiner.start(maps[0], features)


class Locate(nn.Module):
    """The next window, as Refiner.locate, with theta flat [1, 6]."""

    def __init__(self, net: Refiner):
        super().__init__()
        self.net = net

    def forward(self, view: Tensor, context: Tensor, h: Tensor) -> Tensor:
        return self.net.locate(view, context, h).flatten(1)


class Refine(nn.Module):
    """What changes in the window, as Refiner.refine; the cell is written out, since not every runtime has one."""

    def __init__(self, net: Refiner):
        super().__init__()
        self.net = net
        self.net.cell = Cell(net.cell)

    def forward(self, patch: Tensor, theta: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        change, h = self.net.refine(patch, theta, h)
        return change.squeeze(1), h


class Cell(nn.Module):
    """A GRU cell (Cho et al. 2014) from matrix products."""

    def __init__(self, cell: nn.GRUCell):
        super().__init__()
        self.inward = nn.Linear(cell.input_size, 3 * cell.hidden_size)
        self.onward = nn.Linear(cell.hidden_size, 3 * cell.hidden_size)
        self.inward.weight, self.inward.bias = cell.weight_ih, cell.bias_ih
        self.onward.weight, self.onward.bias = cell.weight_hh, cell.bias_hh

    def forward(self, x: Tensor, h: Tensor) -> Tensor:
        (r, z, n), (r_h, z_h, n_h) = self.inward(x).chunk(3, 1), self.onward(h).chunk(3, 1)
        z = torch.sigmoid(z + z_h)
        return (1 - z) * torch.tanh(n + torch.sigmoid(r + r_h) * n_h) + z * h


def export_encoder(folder: Path) -> None:
    """Write dense-encoder.onnx and its golden, for pictures of 224 x 224; other multiples of 32 run the same graph."""
    folder.mkdir(parents=True, exist_ok=True)
    net, given = Pyramid(), {"image": sine(1, 3, SIDE, SIDE)}
    write_goldens(folder / "golden.json", {folder.name: (given, save(net, given, MAPS, folder / f"{folder.name}.onnx", {"resizable_from": SIDE}))})


def export(net: Saliency, folder: Path) -> None:
    """Write coarse.onnx, locate.onnx, refine.onnx and their goldens."""
    folder.mkdir(parents=True, exist_ok=True)
    net = copy.deepcopy(net).eval()
    quantise(net)
    shapes = [(1, c, SIDE // s, SIDE // s) for c, s in zip(CHANNELS, STRIDES, strict=True)]
    maps = {name: sine(*shape) for name, shape in zip(MAPS, shapes, strict=True)}
    facts = {"steps": STEPS, "canvas": CANVAS}
    goldens = {"coarse": (maps, save(First(net), maps, ["coarse", "detail", "context", "h"], folder / "coarse.onnx", facts))}
    h, theta = sine(1, HIDDEN), torch.tensor([[0.4, 0.0, 0.1, 0.0, 0.3, -0.2]])
    seen = {"view": sine(1, 3, VIEW, VIEW), "context": sine(1, CONTEXT, 28, 28), "h": h}
    goldens["locate"] = (seen, save(Locate(net.refiner), seen, ["theta"], folder / "locate.onnx"))
    seen = {"patch": sine(1, PATCH_CHANNELS, PATCH, PATCH), "theta": theta, "h": h}
    goldens["refine"] = (seen, save(Refine(net.refiner), seen, ["change", "h_out"], folder / "refine.onnx"))
    write_goldens(folder / "golden.json", goldens)


class Shipped:
    """The shipped system, opened from its folder and the encoder's."""

    def __init__(self, folder: Path):
        paths = [*folder.glob("*.onnx"), folder.parent / "dense-encoder" / "dense-encoder.onnx"]
        self.files = {p.stem: session(p) for p in paths}

    def run(self, file: str, **inputs: Tensor | ndarray) -> dict[str, Tensor]:
        opened = self.files[file]
        made = opened.run(None, {k: np.asarray(v) for k, v in inputs.items()})
        return {o.name: torch.from_numpy(v) for o, v in zip(opened.get_outputs(), made, strict=True)}

    def looks(self, large: Tensor, image: Tensor) -> tuple[list[Tensor], list[list[float]]]:
        """Log-odds [1, 1, 112, 112], the coarse ones first, and the windows' theta, of a photo at 224 and at 112 pixels a side."""
        told = self.run("coarse", **self.run("dense-encoder", image=large))
        odds, h, context, detail = grown(told["coarse"][None]), told["h"], told["context"], told["detail"]
        seen, all_odds, thetas = torch.zeros_like(odds), [odds], []
        for _ in range(STEPS):
            flat = self.run("locate", view=overview(odds, seen), context=context, h=h)["theta"]
            theta = flat.view(1, 2, 3)
            patch = torch.cat([sampled(t, theta) for t in (image, odds / 4, detail, context)], 1)
            made = self.run("refine", patch=patch, theta=flat, h=h)
            laid, weight = pasted(made["change"][None], theta)
            odds, seen, h = odds + laid, seen + weight, made["h_out"]
            all_odds.append(odds)
            thetas.append(flat[0].tolist())
        return all_odds, thetas


def at_sizes(path: Path, resized: Callable[[Path, int], ndarray]) -> tuple[Tensor, Tensor]:
    """A photo [1, 3, S, S] for the encoder and for the windows."""
    return tuple(torch.from_numpy(resized(path, side)[None]) for side in (SIDE, CANVAS))


@torch.inference_mode()
def measured(folder: Path, data: Path) -> dict[str, float]:
    """F and mean absolute error of the coarse and the refined maps on the held-out photos, at the photos' own size."""
    shipped, coarse, refined = Shipped(folder), Curve(), Curve()
    for name in names(data, "ecssd"):
        if split(name) != "test":
            continue
        target = torch.from_numpy(mask(data, "ecssd", name)[0])
        all_odds, _ = shipped.looks(*at_sizes(data / "ecssd" / "images" / f"{name}.webp", pixels))
        for curve, odds in ((coarse, all_odds[0]), (refined, all_odds[-1])):
            share = F.interpolate(torch.sigmoid(odds), target.shape, mode="bilinear", align_corners=False)
            curve.add(share[0, 0], target)
    return {
        "f_beta": refined.f_beta,
        "mae": refined.mae,
        "f_beta_coarse": coarse.f_beta,
        "mae_coarse": coarse.mae,
    }


@torch.inference_mode()
def write_slice(folder: Path, samples: Path, wanted: list[str]) -> None:
    """slice.json: windows and final maps, pooled to 14 x 14, of the page's own photos."""
    shipped, told = Shipped(folder), {}
    for name in wanted:
        all_odds, thetas = shipped.looks(*at_sizes(samples / f"{name}.jpg", opened))
        pooled = F.avg_pool2d(torch.sigmoid(all_odds[-1]), CANVAS // VIEW).flatten()
        told[name] = {"thetas": [[round(v, 4) for v in t] for t in thetas], "map": [round(v, 4) for v in pooled.tolist()]}
    (folder / "slice.json").write_text(json.dumps(told) + "\n")

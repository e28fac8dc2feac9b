"""The watchers as ONNX files, one frame a step, and their figures measured with onnxruntime."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np
import torch
from numpy import ndarray
from PIL import Image
from torch import Tensor, nn

from train.actions.data import COARSE, FRAMES, PLACES, pooling
from train.actions.model import HIDDEN, Watcher
from train.common.image_encoder import CHANNELS, GRID, SIDE
from train.common.onnx_files import quantise, save, session, sine, write_goldens
from train.common.page_picture import page_pixels


class Frame(nn.Module):
    """One frame of a clip, from the encoder's features [1, 196, 432] of it and the pooled ones [1, 49, 432] of the frame before.

    `first` is 1 for the first frame, which is compared with itself. `steer` and `steering` are as in the captioners.
    """

    def __init__(self, net: Watcher):
        super().__init__()
        self.net = net
        self.register_buffer("pool", pooling())

    def forward(self, features: Tensor, before: Tensor, first: Tensor, h: Tensor, c: Tensor, *painted: Tensor) -> tuple[Tensor, ...]:
        net, told = self.net, ()
        pooled = self.pool @ features
        earlier = before + first.unsqueeze(-1) * (pooled - before)
        places = net.places(pooled, earlier)
        if net.sight == "attention":
            steer, steering = painted
            own = net.look(net.keys(places, pooled, earlier), h)
            alpha = own + steering * (steer - own)
            seen, told = (alpha.unsqueeze(1) @ places).squeeze(1), (alpha, own)
        else:
            seen = places.mean(1)
        scores, h, c = net.frame(seen, h, c)
        return torch.log_softmax(scores, -1), *told, pooled, h, c


def export(net: Watcher, folder: Path, names: list[str]) -> None:
    """Write step.onnx and its golden; beside attention also the names of the actions."""
    folder.mkdir(parents=True, exist_ok=True)
    net = copy.deepcopy(net).eval()
    quantise(net)
    looks = net.sight == "attention"
    if looks:
        (folder / "answers.txt").write_text("".join(f"{n.replace('_', ' ')}\n" for n in names))
    given = {"features": sine(1, GRID * GRID, CHANNELS), "before": sine(1, PLACES, CHANNELS), "first": torch.zeros(1, 1)}
    given |= {"h": sine(1, HIDDEN), "c": sine(1, HIDDEN)}
    if looks:
        given |= {"steer": torch.softmax(sine(1, PLACES), -1), "steering": torch.full((1, 1), 0.5)}
    told = ["logp", *(["alpha", "own_alpha"] if looks else []), "pooled", "h_out", "c_out"]
    facts = {"frames": FRAMES, "grid": COARSE}
    write_goldens(folder / "golden.json", {"step": (given, save(Frame(net), given, told, folder / "step.onnx", facts))})


class Shipped:
    """A shipped watcher, opened from its folder."""

    def __init__(self, folder: Path):
        self.step = session(folder / "step.onnx")
        self.inputs = [i.name for i in self.step.get_inputs()]
        self.outputs = [o.name for o in self.step.get_outputs()]

    def watch(self, clip: list[ndarray]) -> list[dict[str, ndarray]]:
        """What it tells of each frame, from the encoder's features [1, 196, 432]."""
        zeros = np.zeros((1, HIDDEN), np.float32)
        told = {"h": zeros, "c": zeros, "before": np.zeros((1, PLACES, CHANNELS), np.float32)}
        told |= {"steer": np.zeros((1, PLACES), np.float32), "steering": np.zeros((1, 1), np.float32)}
        all_told = []
        for at, features in enumerate(clip):
            given = told | {"features": features, "first": np.full((1, 1), float(at == 0), np.float32)}
            made = self.step.run(None, {k: given[k] for k in self.inputs})
            all_told.append(dict(zip(self.outputs, made, strict=True)))
            last = all_told[-1]
            told |= {"h": last["h_out"], "c": last["c_out"], "before": last["pooled"]}
        return all_told


def unpooled(clip: Tensor) -> list[ndarray]:
    """Features [1, 196, 432] a frame whose means over 2 x 2 places are those of a clip [16, 49, 432]."""
    coarse = clip.float().unflatten(1, (COARSE, COARSE))
    fine = coarse.repeat_interleave(2, 1).repeat_interleave(2, 2).flatten(1, 2)
    return [f[None].numpy() for f in fine]


def named_rightly(folder: Path, clips: Tensor, labels: Tensor) -> tuple[ndarray, list[ndarray]]:
    """Which clips [N, 16, 49, 432] the mean of the probabilities after all frames names rightly [N], and their weights [16, 49]."""
    shipped, right, weights = Shipped(folder), [], []
    for clip, label in zip(clips, labels, strict=True):
        told = shipped.watch(unpooled(clip))
        right.append(np.exp([t["logp"][0] for t in told]).mean(0).argmax() == int(label))
        weights.append(np.stack([t["alpha"][0] if "alpha" in t else np.full(PLACES, 1 / PLACES) for t in told]))
    return np.array(right), weights


def gaze_worth(weights: list[ndarray], motions: ndarray) -> dict[str, ndarray]:
    """Two figures a clip: the share of attention on the fifth of places that move most, over frames in which something moves; and the share of
    neighbouring frames between which the strongest place changes.

    `weights` of N clips [16, 49] each; `motions` [N, 16, 49].
    """
    on_motion, changes = [], []
    for alpha, moved in zip(weights, motions, strict=True):
        frames = moved.max(1) > 0
        most = np.argsort(-moved[frames], 1)[:, : round(PLACES / 5)]
        on_motion.append(np.take_along_axis(alpha[frames], most, 1).sum(1).mean() if frames.any() else np.nan)
        changes.append((np.diff(alpha.argmax(1)) != 0).mean())
    return {"gaze_motion": np.array(on_motion), "gaze_change": np.array(changes)}


def write_slice(folder: Path, encoder: Path, strips: Path) -> None:
    """slice.json: what the shipped files say of the page's own clips, after every frame."""
    shipped, eye = Shipped(folder), session(encoder)
    told = {}
    for strip in sorted(strips.glob("*.clip.jpg")):
        film = Image.open(strip)
        high = film.height // FRAMES
        frames = [film.crop((0, i * high, film.width, (i + 1) * high)) for i in range(FRAMES)]
        seen = [eye.run(["features"], {"image": page_pixels(f, SIDE)[None]})[0] for f in frames]
        told[strip.name.split(".")[0]] = [[round(float(p), 4) for p in np.exp(t["logp"][0])] for t in shipped.watch(seen)]
    (folder / "slice.json").write_text(json.dumps(told) + "\n")

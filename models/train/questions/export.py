"""The answerers as ONNX files, one word a step, and the slice that the tests read."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from train.captions.corpus import judged
from train.common.image_encoder import CHANNELS, HEAD_CHANNELS, PLACES
from train.common.onnx_files import quantise, save, sine, write_goldens, write_words
from train.questions.data import World
from train.questions.model import BOXES, GEOMETRY, HIDDEN, Answerer
from train.questions.scenes import laid
from train.questions.shipped import Shipped

HALVES = [(0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)]
# Photos whose features lie beside caption-soft.
SLICE = 4


class Start(nn.Module):
    """What is made of the picture before the first word."""

    def __init__(self, net: Answerer):
        super().__init__()
        self.net = net

    def forward(self, features: Tensor, pooled: Tensor) -> tuple[Tensor, ...]:
        first = self.net.start(features, pooled)
        return first if self.net.sight == "attention" else (features.mean(1), *first)


class Word(nn.Module):
    """One word of the question."""

    def __init__(self, net: Answerer):
        super().__init__()
        self.net = net

    def forward(self, token: Tensor, h: Tensor, c: Tensor, *given: Tensor) -> tuple[Tensor, ...]:
        net, seen, told = self.net, None, ()
        embedded = net.embed(token)
        if net.sight == "attention":
            features, keys, steer, steering = given
            own = net.look(keys, h, embedded)
            alpha = own + steering * (steer - own)
            seen, told = (alpha.unsqueeze(1) @ features).squeeze(1), (alpha, own)
        elif net.sight == "pooled":
            (seen,) = given
        h, c = net.word(embedded, seen, h, c)
        known = net.known(h, seen)
        return torch.log_softmax(net.answer(known), -1), known, *told, h, c


class Point(nn.Module):
    """Scores of boxes after a question."""

    def __init__(self, net: Answerer):
        super().__init__()
        self.net = net

    def forward(self, known: Tensor, boxes: Tensor, geometry: Tensor, *features: Tensor) -> Tensor:
        return self.net.point(known, boxes, geometry, *(features or (None,)))


def export(net: Answerer, folder: Path, world: World) -> None:
    """Write start.onnx (not for the blind), step.onnx, point.onnx, their goldens and, beside attention, both vocabularies."""
    folder.mkdir(parents=True, exist_ok=True)
    net = copy.deepcopy(net).eval()
    quantise(net)
    looks = net.sight == "attention"
    if looks:
        write_words(folder, "vocabulary", world.words)
        write_words(folder, "answers", world.answers)
    features, goldens = {"features": sine(1, PLACES, CHANNELS)}, {}
    if net.sight != "blind":
        given = features | {"pooled": sine(1, HEAD_CHANNELS)}
        made = save(Start(net), given, ["keys", "h"] if looks else ["seen", "h"], folder / "start.onnx")
        goldens["start"] = (given, made)
    said = {"token": torch.tensor([5]), "h": sine(1, HIDDEN), "c": sine(1, HIDDEN)}
    names = ["logp", "known", "h_out", "c_out"]
    if looks:
        steering = {"steer": torch.softmax(sine(1, PLACES), -1), "steering": torch.full((1, 1), 0.5)}
        said |= features | {"keys": sine(*made["keys"].shape)} | steering
        names[2:2] = ["alpha", "own_alpha"]
    elif net.sight == "pooled":
        said |= {"seen": sine(1, CHANNELS)}
    goldens["step"] = (said, save(Word(net), said, names, folder / "step.onnx"))
    asked = {"known": sine(1, HIDDEN), "boxes": sine(1, BOXES, PLACES).abs(), "geometry": sine(1, BOXES, GEOMETRY)}
    asked |= features if looks else {}
    goldens["point"] = (asked, save(Point(net), asked, ["scores"], folder / "point.onnx"))
    write_goldens(folder / "golden.json", goldens)


def write_slice(folder: Path, features: Path, world: World, data: Path) -> None:
    """slice.json: questions about the dev photos whose features are kept beside caption-soft, what the shipped files answer, and the
    shares that they give to two boxes."""
    shipped = Shipped(folder)
    photos = judged(data, "flickr8k", "dev")[0][:SLICE]
    split = world.about(photos)
    sizes = (PLACES * CHANNELS, HEAD_CHANNELS)
    kept = np.fromfile(features, np.float16).astype(np.float32).reshape(-1, sum(sizes))
    inside, geometry = laid([[*HALVES, *HALVES]])
    asked = []
    for row, number in enumerate(split.photo.tolist()):
        seen = kept[photos.index(number)]
        places, pooled = seen[: sizes[0]].reshape(1, PLACES, CHANNELS), seen[sizes[0] :][None]
        words, four = split.words[row], split.choices[row]
        told = shipped.read(places, pooled, words[words > 0].tolist())
        told |= {"boxes": inside.numpy(), "geometry": geometry.numpy()}
        left, right = shipped.run("point", told)["scores"][0, :2].tolist()
        logp = told["logp"][0]
        asked.append(
            {
                "photo": photos.index(number),
                "question": " ".join(world.words[w] for w in words[words > 0].tolist()),
                "answer": world.answers[int(split.answer[row])],
                "choices": [world.answers[c] for c in four.tolist()],
                "open": world.answers[int(logp.argmax())],
                "told": world.answers[int(four[int(logp[four.numpy()].argmax())])],
                "left": round(1 / (1 + math.exp(right - left)), 5),
            }
        )
    tensors = [[1, PLACES, CHANNELS], [1, HEAD_CHANNELS]]
    told = {"photos": len(kept), "tensors": tensors, "boxes": HALVES, "questions": asked}
    (folder / "slice.json").write_text(json.dumps(told) + "\n")

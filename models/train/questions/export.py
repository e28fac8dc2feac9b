"""The answerers as ONNX files, one word a step, and their figures measured with onnxruntime."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor, nn

from train.captions.features import Features
from train.common.image_encoder import CHANNELS, HEAD_CHANNELS, PLACES, upsampling
from train.common.onnx_files import quantise, save, session, sine, write_goldens, write_words
from train.questions.data import Pointing, Split, World, laid
from train.questions.model import BOXES, GEOMETRY, HIDDEN, Answerer

HALVES = [(0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)]


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
        if net.sight == "attention":
            features, keys, steer, steering = given
            own = net.look(keys, h)
            alpha = own + steering * (steer - own)
            seen, told = (alpha.unsqueeze(1) @ features).squeeze(1), (alpha, own)
        elif net.sight == "pooled":
            (seen,) = given
        h, c = net.word(net.embed(token), seen, h, c)
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


class Shipped:
    """A shipped answerer, opened from its folder."""

    def __init__(self, folder: Path):
        self.files = {p.stem: session(p) for p in folder.glob("*.onnx")}
        self.upsample = upsampling().numpy()

    def run(self, file: str, inputs: dict[str, ndarray]) -> dict[str, ndarray]:
        opened = self.files[file]
        given = {i.name: inputs[i.name] for i in opened.get_inputs()}
        return dict(zip([o.name for o in opened.get_outputs()], opened.run(None, given), strict=True))

    def seen(self, photo: tuple[Tensor, Tensor, Tensor]) -> tuple[ndarray, ndarray]:
        """The encoder's outputs [1, 196, C] and [1, P] from the features of one photo on their own grids."""
        mid, deep, pooled = (part.numpy() for part in photo)
        return np.concatenate([mid, self.upsample @ deep], -1), pooled

    def read(self, places: ndarray, pooled: ndarray, words: list[int]) -> dict[str, ndarray]:
        """What the step told after the last word."""
        steer = np.zeros((1, PLACES), np.float32)
        told = {"features": places, "pooled": pooled, "steer": steer, "steering": steer[:, :1]}
        told["h"] = told["c"] = np.zeros((1, HIDDEN), np.float32)
        if "start" in self.files:
            told |= self.run("start", told)
        for word in words:
            told |= self.run("step", told | {"token": np.array([word])})
            told["h"], told["c"] = told["h_out"], told["c_out"]
        return told


def answered(shipped: Shipped, split: Split) -> tuple[float, float, float]:
    """Percent of right open answers; of the right one among four; and of the questions whose answer it knows."""
    openly, telling = [], []
    for photo, words, answer, four in zip(split.photo, split.words, split.answer, split.choices, strict=True):
        logp = shipped.read(*shipped.seen(split.views[0].of(photo[None])), words[words > 0].tolist())["logp"][0]
        openly.append(int(logp.argmax()) == int(answer))
        if four[0] >= 0:
            telling.append(int(logp[four.numpy()].argmax()) == 0)
    return 100 * float(np.mean(openly)), 100 * float(np.mean(telling)), 100 * len(telling) / len(openly)


def pointed(shipped: Shipped, world: World, scenes: Features, asked: list[Pointing]) -> float:
    """Percent of right boxes among four."""
    right = []
    for one in asked:
        (words,) = world.numbered([one.words])
        told = shipped.read(*shipped.seen(scenes.of(torch.tensor([one.photo]))), words[words > 0].tolist())
        inside, geometry = laid([one.boxes])
        told |= {"boxes": inside.numpy(), "geometry": geometry.numpy()}
        right.append(int(shipped.run("point", told)["scores"].argmax()) == 0)
    return 100 * float(np.mean(right))


def write_slice(folder: Path, features: Path, world: World) -> None:
    """slice.json: the questions about the dev photos whose features are kept beside caption-soft, what the shipped files
    answer, and the shares that they give to two boxes."""
    shipped, split = Shipped(folder), world.splits["dev"]
    sizes = (PLACES * CHANNELS, HEAD_CHANNELS)
    kept = np.fromfile(features, np.float16).astype(np.float32).reshape(-1, sum(sizes))
    inside, geometry = laid([[*HALVES, *HALVES]])
    asked = []
    for photo, seen in enumerate(kept):
        places, pooled = seen[: sizes[0]].reshape(1, PLACES, CHANNELS), seen[sizes[0] :][None]
        for row in torch.nonzero(split.photo == photo).flatten().tolist():
            words, answer, four = split.words[row], int(split.answer[row]), split.choices[row]
            if answer < 0:
                continue
            told = shipped.read(places, pooled, words[words > 0].tolist())
            told |= {"boxes": inside.numpy(), "geometry": geometry.numpy()}
            left, right = shipped.run("point", told)["scores"][0, :2].tolist()
            logp = told["logp"][0]
            asked.append(
                {
                    "photo": photo,
                    "question": " ".join(world.words[w] for w in words[words > 0].tolist()),
                    "answer": world.answers[answer],
                    "choices": [world.answers[c] for c in four.tolist()],
                    "open": world.answers[int(logp.argmax())],
                    "told": world.answers[int(four[int(logp[four.numpy()].argmax())])],
                    "left": round(1 / (1 + math.exp(right - left)), 5),
                }
            )
    tensors = [[1, PLACES, CHANNELS], [1, HEAD_CHANNELS]]
    told = {"photos": len(kept), "tensors": tensors, "boxes": HALVES, "questions": asked}
    (folder / "slice.json").write_text(json.dumps(told) + "\n")

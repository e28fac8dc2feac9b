"""The handwriting networks as ONNX files, one point a step, and their figures measured with onnxruntime."""

from __future__ import annotations

import copy
import math
from pathlib import Path

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor, nn

from train.common.onnx_files import quantise, save, session, sine, write_goldens
from train.handwriting.data import CHARACTERS, Sample
from train.handwriting.model import ALPHABET, HIDDEN, MIXTURES, WINDOWS, Writer

# Room for a text of sixty characters, thirty of a primed hand before it, and the space between.
PLACES = 96
PATIENCE = 40
SAMPLED = 1308
MIXTURE = ["end", "pi", "mu", "sigma", "rho"]


class Step(nn.Module):
    """`Writer.step` with its inputs in a row, to be traced."""

    def __init__(self, net: Writer):
        super().__init__()
        self.net = net

    def forward(self, point: Tensor, bias: Tensor, *rest: Tensor) -> tuple[Tensor, ...]:
        if self.net.reads:
            text, *memory = rest
            return self.net.step(point, text, tuple(memory), bias)
        made = self.net.step(point, point.new_zeros(1, 0, 0), rest, bias)
        return made[:5] + made[6:]


def memory(reads: bool) -> dict[str, tuple[int, int]]:
    """Name and shape of what a step remembers."""
    states = {name: (1, HIDDEN) for name in ("h1", "c1", "h2", "c2")}
    return states | ({"kappa": (1, WINDOWS), "w": (1, ALPHABET)} if reads else {})


def export(net: Writer, folder: Path) -> None:
    """Write step.onnx and its golden."""
    folder.mkdir(parents=True, exist_ok=True)
    net = copy.deepcopy(net).eval()
    quantise(net)
    text = torch.zeros(1, PLACES, ALPHABET)
    text[0, torch.arange(20), torch.arange(20) * 3 % ALPHABET] = 1
    given = {"point": torch.tensor([[0.7, -0.4, 0.0]]), "bias": torch.tensor([[0.5]])}
    given |= {"text": text} if net.reads else {}
    given |= {name: sine(*shape) for name, shape in memory(net.reads).items()}
    outputs = MIXTURE + (["phi"] if net.reads else []) + [f"{name}_out" for name in memory(net.reads)]
    made = save(Step(net), given, outputs, folder / "step.onnx", {"characters": CHARACTERS})
    write_goldens(folder / "golden.json", {"step": (given, made)})


class Pen:
    """A shipped network, opened from its folder, and one line being written with it."""

    def __init__(self, folder: Path):
        self.step = session(folder / "step.onnx")
        self.outputs = [o.name for o in self.step.get_outputs()]
        self.shapes = {i.name: i.shape for i in self.step.get_inputs()}
        self.reads = "text" in self.shapes

    def begin(self, text: list[int], bias: float) -> None:
        self.memory = {n: np.zeros(self.shapes[n], np.float32) for n in memory(self.reads)}
        self.fixed = {"bias": np.full((1, 1), bias, np.float32)}
        if self.reads:
            told = np.zeros(self.shapes["text"], np.float32)
            told[0, range(len(text)), text] = 1
            self.fixed["text"] = told

    def expect(self, point: ndarray) -> dict[str, ndarray]:
        """What is told after this point [3]."""
        given = {"point": point[None].astype(np.float32)} | self.fixed | self.memory
        told = dict(zip(self.outputs, self.step.run(None, given), strict=True))
        self.memory = {n: told[f"{n}_out"] for n in self.memory}
        return {n: told[n][0] for n in (*MIXTURE, *(["phi"] if self.reads else []))}


def nats(told: dict[str, ndarray], point: ndarray) -> float:
    """-log p of a point (Graves 2013, eq. 26)."""
    mu, sigma, rho = told["mu"].reshape(2, -1), told["sigma"].reshape(2, -1), told["rho"]
    (x, y), rest = (point[:2, None] - mu) / sigma, 1 - rho**2
    log = -(x * x + y * y - 2 * rho * x * y) / (2 * rest)
    log += np.log(told["pi"].clip(1e-30)) - np.log(2 * math.pi * sigma.prod(0) * np.sqrt(rest))
    pen = told["end"][0] if point[2] else 1 - told["end"][0]
    return -float(np.logaddexp.reduce(log)) - math.log(max(pen, 1e-30))


def nats_per_point(pen: Pen, samples: list[Sample]) -> float:
    """The mean over all points of lines that are given, at bias 0."""
    total, count = 0.0, 0
    for sample in samples:
        pen.begin(sample.text, 0.0)
        before = np.array([0, 0, 1], np.float32)
        for point in sample.points:
            total += nats(pen.expect(before), point)
            before = point
        count += len(sample.points)
    return total / count


def drawn(told: dict[str, ndarray], random: np.random.Generator) -> ndarray:
    """A point drawn from the mixture."""
    k = random.choice(MIXTURES, p=told["pi"].astype(np.float64) / told["pi"].sum(dtype=np.float64))
    mu, sigma, rho = told["mu"].reshape(2, -1)[:, k], told["sigma"].reshape(2, -1)[:, k], told["rho"][k]
    a, b = random.standard_normal(2)
    offset = mu + sigma * np.array([a, rho * a + math.sqrt(1 - rho * rho) * b])
    return np.array([*offset, random.random() < told["end"][0]], np.float32)


def write(pen: Pen, text: list[int], bias: float, random: np.random.Generator) -> tuple[ndarray, ndarray, bool]:
    """Points [T, 3] and phi [T, U + 1] of a text, and whether it ended by the paper's stop rule (section 5.3)."""
    pen.begin(text, bias)
    point, points, phis = np.array([0, 0, 1], np.float32), [], []
    for _ in range(PATIENCE * len(text)):
        told = pen.expect(point)
        point = drawn(told, random)
        points.append(point)
        phis.append(told["phi"][: len(text) + 1])
        if phis[-1][-1] > phis[-1][:-1].max():
            return np.array(points), np.array(phis), True
    return np.array(points), np.array(phis), False


def covered(phi: ndarray, ended: bool) -> bool:
    """Whether the window passed every character in order: each in turn weighed most at some point, up to the last.

    A character that the window steps over within one point of the pen (a full stop, a space) counts as passed when the
    centre of the window went over it, that is when a later one follows directly.
    """
    order = phi[:, :-1].argmax(1)
    furthest = np.maximum.accumulate(order)
    steps = np.diff(np.concatenate([[0], furthest]))
    return bool(ended and furthest[-1] == phi.shape[1] - 2 and steps.max() <= 2 and (furthest - order).max() <= 1)


def coverage(pen: Pen, texts: list[list[int]], bias: float) -> tuple[float, float]:
    """Of these texts the shares in percent that were covered, and that were so without any character stepped over."""
    found, strict = [], []
    for row, text in enumerate(texts):
        _, phi, ended = write(pen, text, bias, np.random.default_rng([SAMPLED, row]))
        found.append(covered(phi, ended))
        strict.append(found[-1] and len(set(phi[:, :-1].argmax(1))) == len(text))
    return 100 * float(np.mean(found)), 100 * float(np.mean(strict))

"""The spatial transformers as ONNX files, and their errors measured with onnxruntime."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from train.common.figures import BINOMIAL, of_share
from train.common.mnist import SIDE, digits
from train.common.onnx_files import quantise, save, session, write_goldens
from train.spatial.data import CANVAS, KINDS, SEED, distorted, held_out
from train.spatial.model import AFFINE, HEADS, PASSES, Locator, Transformer, composed, network
from train.spatial.straight import from_class, from_same, left

SLICE = 6
# The test digits of MNIST; of them, those that are shown under many distortions each.
DIGITS = 10_000
SAME, VIEWS = 1_000, 16
DRAWS = 1_000
# Metrics' names by network.
PREFIX = {"affine": "error", "single": "error_single", "tps": "error_tps", "cnn": "error_cnn", "fcn": "error_fcn"}


class Named(nn.Module):
    """A classifier or a locator under its own input's name."""

    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net

    def forward(self, picture: Tensor) -> Tensor:
        return self.net(picture)


def parts(net: nn.Module) -> dict[str, tuple[nn.Module, int]]:
    """The files of a network, and the side of what each sees."""
    head = net.head
    if not isinstance(net, Transformer):
        return {head: (net.classify, CANVAS)}
    refine = {f"{head}-refine": (net.refine, SIDE)} if net.refine else {}
    return {f"{head}-locate": (net.locate, CANVAS)} | refine | {f"{head}-classify": (net.classify, SIDE)}


def export(nets: dict[str, nn.Module], folder: Path, data: Path) -> None:
    """Write HEAD-locate.onnx, -refine.onnx and -classify.onnx of each transformer, cnn.onnx, fcn.onnx, and golden.json."""
    folder.mkdir(parents=True, exist_ok=True)
    goldens = {}
    # Numbers that are no digit drive the log-probabilities to where tract, which takes a softmax's logarithm, says −∞.
    pictures = {SIDE: digits(data, "dev")[0][:1], CANVAS: held_out(data, "dev", "rts")[0][:1]}
    for net in nets.values():
        net = copy.deepcopy(net).eval()
        quantise(net)
        for stem, (part, side) in parts(net).items():
            given = {"picture": pictures[side]}
            out = "theta" if isinstance(part, Locator) else "logp"
            goldens[stem] = (given, save(Named(part), given, [out], folder / f"{stem}.onnx"))
    write_goldens(folder / "golden.json", goldens)


class Shipped:
    """The shipped files of one network, with the sampler between them."""

    def __init__(self, folder: Path, head: str):
        self.net = network(head)
        self.files = {name.split("-")[-1]: session(folder / f"{name}.onnx") for name in parts(self.net)}

    def run(self, file: str, picture: Tensor) -> Tensor:
        return torch.from_numpy(self.files[file].run(None, {"picture": picture.numpy()})[0])

    def straightened(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """The parameters of the last pass [1, n] and what it sampled [1, 28, 28], for a picture [1, 42, 42]."""
        theta = self.run("locate", picture)
        seen = self.net.sampled(picture, theta)
        for _ in range(1, PASSES[self.net.head]):
            theta = composed(theta, self.run("refine", seen))
            seen = self.net.sampled(picture, theta)
        return theta, seen

    def read(self, picture: Tensor) -> tuple[np.ndarray, Tensor | None]:
        """logp [10] and the transformation's parameters [1, n] for a picture [42, 42]."""
        if not isinstance(self.net, Transformer):
            return self.run(self.net.head, picture[None])[0].numpy(), None
        theta, seen = self.straightened(picture[None])
        return self.run("classify", seen)[0].numpy(), theta


def bootstrapped(values: Tensor) -> float:
    """The standard error of a median, from draws with replacement."""
    generator = torch.Generator().manual_seed(SEED)
    draws = [values[torch.randint(len(values), (len(values),), generator=generator)].median() for _ in range(DRAWS)]
    return torch.stack(draws).std().item()


def of_median(name: str, sizes: Tensor, split: str, protocol: str) -> dict:
    figures = {"value": round(sizes.median().item(), 2), "n": len(sizes), "se": round(bootstrapped(sizes), 2)}
    return {"name": name} | figures | {"split": split, "protocol": f"{protocol}; se by bootstrap over digits, {DRAWS:,} draws"}


def same_digits(shipped: Shipped, data: Path, kind: str) -> Tensor:
    """How far the angles left [SAME] lie from each other when a digit is shown under many distortions, in degrees."""
    source, generator = digits(data, "test")[0][:SAME], torch.Generator().manual_seed(SEED + len(KINDS))
    angles = []
    for _ in range(VIEWS):
        pictures, steps = distorted(source, kind, generator)
        angles.append(left(torch.cat([shipped.straightened(picture[None])[0] for picture in pictures]), steps))
    return from_same(torch.stack(angles, 1))


def write_slice(folder: Path, data: Path) -> None:
    """slice.png: a few test digits under each distortion, dark on white, side by side; slice.json: what each network says."""
    shown = [held_out(data, "test", kind) for kind in KINDS]
    pictures = torch.cat([pictures[:SLICE] for pictures, *_ in shown])
    # The picture is kept in eight bits, so it is measured in eight bits.
    levels = (pictures * 255).round()
    Image.fromarray((255 - torch.cat(list(levels), 1)).byte().numpy(), "L").save(folder / "slice.png", optimize=True)
    told = {"labels": [int(v) for _, labels, _ in shown for v in labels[:SLICE]]}
    for head in HEADS:
        shipped = Shipped(folder, head)
        found = [shipped.read(picture / 255) for picture in levels]
        told[head] = {
            "digits": [int(logp.argmax()) for logp, _ in found],
            "probability": [round(float(np.exp(logp.max())), 5) for logp, _ in found],
            "theta": [[] if theta is None else [round(v, 5) for v in theta[0].tolist()] for _, theta in found],
        }
    (folder / "slice.json").write_text(json.dumps(told) + "\n")


def measured(folder: Path, data: Path, paper: dict[str, tuple], split: str = "test") -> list[dict]:
    """The metrics of all networks on all distortions."""
    rows = []
    for head in HEADS:
        shipped = Shipped(folder, head)
        for kind, figure in zip(KINDS, paper[head], strict=True):
            pictures, labels, steps = held_out(data, split, kind)
            made = [shipped.read(picture) for picture in pictures]
            wrong = torch.tensor([int(logp.argmax()) for logp, _ in made]) != labels
            value = round(100 * wrong.float().mean().item(), 2)
            told = {"name": f"{PREFIX[head]}_{kind}", "value": value, **of_share(value, len(labels))}
            how = f"percent of wrong digits; shipped ONNX files in onnxruntime, bilinear sampling between them; one network for all four distortions; {BINOMIAL}"
            where = f"the {len(labels):,} MNIST {split} digits distorted once ({kind.upper()}, torch seed {SEED + KINDS.index(kind)})"
            rows.append(told | {"split": where, "paper": figure, "protocol": how})
            if head in AFFINE and steps is not None:
                name = f"straight_median_{kind.upper()}" + ("" if head == "affine" else f"_{head}")
                angles = left(torch.cat([theta for _, theta in made]), steps)
                how = "median size of the angle left in the sampled picture, in degrees, less the median of the digit's class; shipped ONNX files"
                rows.append(of_median(name, from_class(angles, labels), where, how))
    shipped = Shipped(folder, "affine")
    for kind in ("r", "rts"):
        where = f"the first {SAME:,} MNIST test digits under {VIEWS} distortions each ({kind.upper()}, torch seed {SEED + len(KINDS)})"
        how = "median over digits of the median absolute deviation of the angle left, in degrees: the digits' own slant does not count; shipped ONNX files"
        rows.append(of_median(f"straight_same_{kind.upper()}", same_digits(shipped, data, kind), where, how))
    return rows

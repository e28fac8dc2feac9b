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
from train.spatial.data import CANVAS, KINDS, SEED, held_out
from train.spatial.model import HEADS, Locator, Transformer, network

SLICE = 6
# The test digits of MNIST.
DIGITS = 10_000


class Named(nn.Module):
    """A classifier or a locator under its own input's name."""

    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net

    def forward(self, picture: Tensor) -> Tensor:
        return self.net(picture)


def export(nets: dict[str, nn.Module], folder: Path, data: Path) -> None:
    """Write HEAD-locate.onnx and HEAD-classify.onnx of each transformer, cnn.onnx, and golden.json."""
    folder.mkdir(parents=True, exist_ok=True)
    goldens = {}
    # Numbers that are no digit drive the log-probabilities to where tract, which takes a softmax's logarithm, says −∞.
    pictures = {SIDE: digits(data, "dev")[0][:1], CANVAS: held_out(data, "dev", "rts")[0][:1]}
    for head, net in nets.items():
        net = copy.deepcopy(net).eval()
        quantise(net)
        if head == "cnn":
            parts = {"cnn": (net.classify, CANVAS)}
        else:
            parts = {f"{head}-locate": (net.locate, CANVAS), f"{head}-classify": (net.classify, SIDE)}
        for stem, (part, side) in parts.items():
            given = {"picture": pictures[side]}
            out = "theta" if isinstance(part, Locator) else "logp"
            goldens[stem] = (given, save(Named(part), given, [out], folder / f"{stem}.onnx"))
    write_goldens(folder / "golden.json", goldens)


class Shipped:
    """The shipped files of one network, with the sampler between them."""

    def __init__(self, folder: Path, head: str):
        self.transformer = network(head) if head != "cnn" else None
        names = [f"{head}-locate", f"{head}-classify"] if self.transformer else ["cnn"]
        self.files = [session(folder / f"{name}.onnx") for name in names]

    def read(self, picture: Tensor) -> tuple[np.ndarray, list[float]]:
        """logp [10] and the transformation's parameters for a picture [42, 42]."""
        seen, theta = picture[None], []
        if isinstance(self.transformer, Transformer):
            found = torch.from_numpy(self.files[0].run(None, {"picture": seen.numpy()})[0])
            theta = found[0].tolist()
            seen = F.grid_sample(seen.unsqueeze(1), self.transformer.grid(found), align_corners=False).squeeze(1)
        return self.files[-1].run(None, {"picture": seen.numpy()})[0][0], theta


def errors(shipped: Shipped, data: Path, kind: str) -> float:
    """Percent of wrong digits of a distortion on the test split."""
    pictures, labels = held_out(data, "test", kind)
    wrong = [int(shipped.read(picture)[0].argmax()) != label for picture, label in zip(pictures, labels.tolist(), strict=True)]
    return 100 * float(np.mean(wrong))


def write_slice(folder: Path, data: Path) -> None:
    """slice.png: a few test digits under each distortion, dark on white, side by side; slice.json: what each network says."""
    parts = [held_out(data, "test", kind) for kind in KINDS]
    pictures = torch.cat([pictures[:SLICE] for pictures, _ in parts])
    # The picture is kept in eight bits, so it is measured in eight bits.
    levels = (pictures * 255).round()
    Image.fromarray((255 - torch.cat(list(levels), 1)).byte().numpy(), "L").save(folder / "slice.png", optimize=True)
    told = {"labels": [int(v) for _, labels in parts for v in labels[:SLICE]]}
    for head in HEADS:
        shipped = Shipped(folder, head)
        found = [shipped.read(picture / 255) for picture in levels]
        told[head] = {
            "digits": [int(logp.argmax()) for logp, _ in found],
            "probability": [round(float(np.exp(logp.max())), 5) for logp, _ in found],
            "theta": [[round(v, 5) for v in theta] for _, theta in found],
        }
    (folder / "slice.json").write_text(json.dumps(told) + "\n")


def measured(folder: Path, data: Path, paper: dict[str, tuple]) -> list[dict]:
    """The metrics of all networks on all distortions."""
    rows = []
    for head, prefix in (("affine", "error"), ("tps", "error_tps"), ("cnn", "error_cnn")):
        shipped = Shipped(folder, head)
        for kind, figure in zip(KINDS, paper[head], strict=True):
            how = f"percent of wrong digits; shipped ONNX files in onnxruntime, bilinear sampling between them; one network for all four distortions; {BINOMIAL}"
            where = f"the {DIGITS:,} MNIST test digits distorted once ({kind.upper()}, torch seed {SEED + KINDS.index(kind)})"
            value = round(errors(shipped, data, kind), 2)
            told = {"name": f"{prefix}_{kind}", "value": value, **of_share(value, DIGITS)}
            rows.append(told | {"split": where, "paper": figure, "protocol": how})
    return rows

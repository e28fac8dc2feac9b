"""The readers of cluttered digits as ONNX files, one glimpse a step, and their errors measured with onnxruntime."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np
import torch
from numpy import ndarray
from PIL import Image
from torch import Tensor, nn

from train.common.figures import BINOMIAL, of_share
from train.common.onnx_files import quantise, save, session, sine, write_goldens
from train.glimpses.data import SEED
from train.glimpses.model import GLIMPSES, HIDDEN, PATCH, SCALES, Ram, Reader, Task, Whole, retina
from train.glimpses.training import SPREAD

SLICE = 12
RAM_NAMES = ["logp", "mean", "baseline", "h_out", "c_out"]
READER_NAMES = ["logp", "window", "glimpse", "filter_x", "filter_y", "h_out", "c_out"]


def multiply_adds(net: nn.Module, *inputs: Tensor) -> int:
    """Products of the matrices and convolutions of one run; a reader's filters, two products of matrices, are counted too."""
    counted = [0]

    def count(layer: nn.Module, _: tuple, made: Tensor) -> None:
        counted[0] += layer.weight.numel() * (made.numel() // made.shape[1] if isinstance(layer, nn.Conv2d) else 1)

    hooks = [m.register_forward_hook(count) for m in net.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
    with torch.inference_mode():
        net(*inputs)
    for hook in hooks:
        hook.remove()
    filters = PATCH * net.side * (net.side + PATCH) if isinstance(net, Reader) else 0
    return counted[0] + filters


def export(net: Ram | Reader, whole: Whole, folder: Path, task: Task, scene: Tensor) -> None:
    """Write step.onnx, whole.onnx and golden.json, which are tried on a `scene` [1, S, S]: numbers that are none drive the
    log-probabilities to where tract, which takes a softmax's logarithm, loses them."""
    folder.mkdir(parents=True, exist_ok=True)
    net, whole = copy.deepcopy(net).eval(), copy.deepcopy(whole).eval()
    quantise(net)
    quantise(whole)
    memory = {"h": sine(1, HIDDEN), "c": sine(1, HIDDEN)}
    if isinstance(net, Ram):
        given, names = {"glimpse": sine(1, SCALES, PATCH, PATCH), "location": torch.tensor([[0.25, -0.5]])} | memory, RAM_NAMES
    else:
        given, names = {"scene": scene} | memory, READER_NAMES
    about = {"side": task.side, "glimpses": GLIMPSES, "spread": SPREAD}
    step = save(net, given, names, folder / "step.onnx", about | {"multiply_adds": multiply_adds(net, *given.values())})
    seen = save(whole, {"scene": scene}, ["logp"], folder / "whole.onnx", {"multiply_adds": multiply_adds(whole, scene)})
    write_goldens(folder / "golden.json", {"step": (given, step), "whole": ({"scene": scene}, seen)})


class Shipped:
    """A shipped reader, opened from its folder."""

    def __init__(self, folder: Path):
        self.step, self.whole = session(folder / "step.onnx"), session(folder / "whole.onnx")
        self.looks = "location" in [i.name for i in self.step.get_inputs()]
        self.facts = {
            name: opened.get_modelmeta().custom_metadata_map
            for name, opened in (("step", self.step), ("whole", self.whole))
        }

    def read(self, scene: Tensor, random: np.random.Generator | None) -> tuple[list[ndarray], list[ndarray]]:
        """logp [10] after each glimpse, and where each went: (x, y) in −1..1, or the window's five numbers. With `random`, hard
        glimpses are drawn around what the network wants."""
        h = c = np.zeros((1, HIDDEN), np.float32)
        location, told, path = np.zeros((1, 2), np.float32), [], []
        for _ in range(GLIMPSES):
            if self.looks:
                path.append(location[0])
                glimpse = retina(scene[None], torch.from_numpy(location)).numpy()
                given = {"glimpse": glimpse, "location": location, "h": h, "c": c}
                logp, mean, _, h, c = self.step.run(RAM_NAMES, given)
                noise = random.standard_normal((1, 2), np.float32) if random else np.zeros((1, 2), np.float32)
                location = np.clip(mean + SPREAD * noise, -1, 1)
            else:
                given = {"scene": scene[None].numpy(), "h": h, "c": c}
                logp, window, _, _, _, h, c = self.step.run(READER_NAMES, given)
                path.append(window[0])
            told.append(logp[0])
        return told, path

    def sees(self, scene: Tensor) -> int:
        return int(self.whole.run(None, {"scene": scene[None].numpy()})[0].argmax())


def errors(shipped: Shipped, pictures: Tensor, labels: Tensor, random: np.random.Generator | None) -> ndarray:
    """Percent of wrong digits after each glimpse."""
    wrong = np.zeros(GLIMPSES)
    for scene, label in zip(pictures, labels.tolist(), strict=True):
        told, _ = shipped.read(scene, random)
        wrong += [int(logp.argmax()) != label for logp in told]
    return 100 * wrong / len(pictures)


def measured(shipped: Shipped, pictures: Tensor, labels: Tensor, paper: float, task: Task) -> list[dict]:
    """The metrics on held-out scenes."""
    where = f"{len(pictures)} scenes of {task.side}×{task.side} pixels with {task.pieces} pieces of clutter, one of each MNIST test digit (torch seed {SEED})"
    how = f"percent of wrong digits after {GLIMPSES} glimpses; shipped ONNX files in onnxruntime; {BINOMIAL}"
    plain = errors(shipped, pictures, labels, None)
    each = ", ".join(f"{error:.2f}" for error in plain)
    rows = [("error", plain[-1], paper, f"{how}; after each glimpse: {each}" + ("; every glimpse where the network wants it" if shipped.looks else ""))]
    if shipped.looks:
        sampled = errors(shipped, pictures, labels, np.random.default_rng(SEED))[-1]
        rows.append(("error_sampled", sampled, None, f"{how}; every glimpse drawn around that place, standard deviation {SPREAD} of half the side (numpy seed {SEED})"))
    wrong = [shipped.sees(scene) != label for scene, label in zip(pictures, labels.tolist(), strict=True)]
    rows.append(("error_whole", 100 * float(np.mean(wrong)), None, f"percent of wrong digits of a convolutional network that sees the whole scene, trained on the same scenes; {BINOMIAL}"))
    counts = {name: int(facts["multiply_adds"]) for name, facts in shipped.facts.items()}
    rows.append(("multiply_adds", GLIMPSES * counts["step"] / 1e6, None, f"millions for {GLIMPSES} glimpses: products of matrices and convolutions"))
    rows.append(("multiply_adds_whole", counts["whole"] / 1e6, None, "millions for the convolutional network on the whole scene"))
    return [
        {"name": name, "value": round(float(value), 2)}
        | (of_share(value, len(pictures)) if name.startswith("error") else {})
        | {"split": where, "paper": figure, "protocol": protocol}
        for name, value, figure, protocol in rows
    ]


def write_slice(folder: Path, pictures: Tensor, labels: Tensor) -> None:
    """slice.png: a few test scenes, dark on white, side by side; slice.json: what the shipped files say of each and where they look."""
    shipped, kept = Shipped(folder), pictures[:SLICE]
    shades = (255 - (torch.cat(list(kept), 1) * 255).round()).byte().numpy()
    Image.fromarray(shades, "L").save(folder / "slice.png", optimize=True)
    scenes = []
    for scene, label in zip(kept, labels.tolist(), strict=False):
        told, path = shipped.read(scene, None)
        scenes.append(
            {
                "label": label,
                "digits": [int(logp.argmax()) for logp in told],
                "probability": round(float(np.exp(told[-1].max())), 5),
                "path": [[round(float(v), 5) for v in place] for place in path],
                "whole": shipped.sees(scene),
            }
        )
    (folder / "slice.json").write_text(json.dumps({"scenes": scenes}) + "\n")

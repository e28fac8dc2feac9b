"""The DRAW networks as ONNX files, one step each, with goldens, and the bound measured through those files."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor

from train.common.onnx_files import quantise, save, session, write_goldens
from train.draw.model import READ, WRITE, Draw
from train.draw.training import SEED, held_out

SLICE = 10
GOLDEN_STEP = 5
NOISE = "sin(12.9898*(t*Z+i)+0.5)"
GREGOR = "Gregor et al., ICML 2015, arXiv 1502.04623"
MNIST = "MNIST (LeCun et al., 1998), CC BY-SA 3.0; training digits binarised anew in every batch"
ABOUT = {
    "draw-mnist": ("DRAW with selective attention", MNIST, f"{GREGOR}, Table 1", 80.97),
    "draw-mnist-noattention": ("DRAW without attention", MNIST, f"{GREGOR}, Table 1", 87.40),
    "draw-2digits": ("DRAW, two digits on a 60×60 canvas", MNIST, f"{GREGOR}, section 4.3", None),
}
READ_NAMES = ["read_window", "glimpse", "filter_x", "filter_y"]
WRITE_NAMES = ["write_window", "patch", "filter_x", "filter_y"]


def known_noise(steps: int, latent: int) -> Tensor:
    """[T, 1, Z] by the formula `NOISE`, so that every language draws the same."""
    places = np.arange(steps * latent, dtype=np.float64)
    return torch.from_numpy(np.sin(12.9898 * places + 0.5).astype(np.float32)).reshape(steps, 1, latent)


@torch.no_grad()
def export_files(net: Draw, folder: Path, x: Tensor) -> None:
    """Write encoder.onnx, decoder.onnx and golden.json: what PyTorch gives on `x` [1, D*D] at step 6."""
    folder.mkdir(parents=True, exist_ok=True)
    net = copy.deepcopy(net).eval()
    quantise(net)
    shape = net.shape
    about = {"side": shape.side, "steps": shape.steps, "latent": shape.latent, "hidden": shape.hidden}
    about |= {"canvas_start": repr(net.start.item()), "read": READ, "write": WRITE}
    about["attention"] = str(shape.attention).lower()
    noise, state = known_noise(shape.steps, shape.latent), net.blank(1)
    for draw in noise[:GOLDEN_STEP]:
        state = net.step(x, draw, *state)[1:]
    canvas, h_enc, c_enc, h_dec, c_dec = state
    looked = {"x": x, "canvas": canvas, "h_enc": h_enc, "c_enc": c_enc, "h_dec": h_dec, "noise": noise[GOLDEN_STEP]}
    names = ["z", "mu", "sigma", "kl", "h_enc_out", "c_enc_out", *(READ_NAMES if shape.attention else [])]
    seen = save(net.encoder, looked, names, folder / "encoder.onnx", about)
    begun = {"z": seen["z"].clone(), "canvas": canvas, "h_dec": h_dec, "c_dec": c_dec}
    names = ["canvas_out", "h_dec_out", "c_dec_out", *(WRITE_NAMES if shape.attention else [])]
    drawn = save(net.decoder, begun, names, folder / "decoder.onnx", about)
    write_goldens(folder / "golden.json", {"encoder": (looked, seen), "decoder": (begun, drawn)})


class Shipped:
    """A model's two files in onnxruntime, one thread."""

    def __init__(self, folder: Path):
        self.encoder, self.decoder = (session(folder / f"{stem}.onnx") for stem in ("encoder", "decoder"))
        self.about = self.encoder.get_modelmeta().custom_metadata_map
        self.side, self.steps, self.latent, self.hidden = (
            int(self.about[k]) for k in ("side", "steps", "latent", "hidden")
        )

    def blank(self) -> tuple[ndarray, ...]:
        zero = np.zeros((1, self.hidden), np.float32)
        return (np.full((1, self.side**2), float(self.about["canvas_start"]), np.float32), zero, zero, zero, zero)

    def bound(self, x: ndarray, noise: ndarray) -> float:
        """-log p(x|z) + KL in nats (eq. 9-12) of one picture [D*D], from `noise` [T, Z]."""
        x = x.reshape(1, -1)
        canvas, h_enc, c_enc, h_dec, c_dec = self.blank()
        total = 0.0
        for draw in noise:
            given = {"x": x, "canvas": canvas, "h_enc": h_enc, "c_enc": c_enc, "h_dec": h_dec, "noise": draw[None]}
            z, kl, h_enc, c_enc = self.encoder.run(["z", "kl", "h_enc_out", "c_enc_out"], given)
            given = {"z": z, "canvas": canvas, "h_dec": h_dec, "c_dec": c_dec}
            canvas, h_dec, c_dec = self.decoder.run(["canvas_out", "h_dec_out", "c_dec_out"], given)
            total += float(kl[0])
        logits = canvas[0].astype(np.float64)
        return total + float((np.logaddexp(0, logits) - x[0] * logits).sum())


def measure(name: str, folder: Path, pictures: Tensor, split: str) -> dict:
    """metrics.json's contents: the mean bound over a split through the shipped files."""
    model, generator = Shipped(folder), np.random.default_rng(SEED)
    bounds = [
        model.bound(x, generator.standard_normal((model.steps, model.latent), np.float32)) for x in pictures.numpy()
    ]
    error = float(np.std(bounds)) / len(bounds) ** 0.5
    kind = "digits" if model.side == 28 else "canvases of two digits, each digit once as the first"
    protocol = (
        f"mean variational bound -log p(x|z) + sum of KL in nats over {len(bounds)} {kind}, binarised with the "
        f"intensity as probability (torch seed {SEED}); one noise sample each (numpy seed {SEED}); T = {model.steps}; "
        "shipped ONNX files in onnxruntime; se by the spread over them"
    )
    title, data, paper, reported = ABOUT[name]
    metric = {"name": "nats_bound", "value": round(float(np.mean(bounds)), 2), "n": len(bounds), "se": round(error, 2)}
    metric |= {"split": f"MNIST {split}", "paper": reported, "protocol": protocol}
    return {"title": title, "licence": "CC BY-SA 3.0", "data": data, "paper": paper, "metrics": [metric]}


def write_slice(folder: Path, pictures: Tensor) -> None:
    """slice.json: a few test pictures as strings of 0 and 1, and each one's bound from `known_noise`."""
    model = Shipped(folder)
    noise = known_noise(model.steps, model.latent).squeeze(1).numpy()
    told = {
        "noise": NOISE,
        "pictures": ["".join(str(int(v)) for v in x) for x in pictures.tolist()],
        "bounds": [round(model.bound(x, noise), 4) for x in pictures.numpy()],
    }
    (folder / "slice.json").write_text(json.dumps(told) + "\n")


def export(name: str, net: Draw, data: Path, models: Path, split: str) -> None:
    """Write the folder of a model, all but its card, and measure it."""
    folder, pictures = models / name, held_out(data, split, net.shape.side)
    export_files(net, folder, pictures[:1])
    write_slice(folder, pictures[:SLICE])
    facts = measure(name, folder, pictures, split)
    (folder / "metrics.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
    print(json.dumps(facts["metrics"], indent=2), flush=True)

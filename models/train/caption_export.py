"""The caption networks as ONNX files with their goldens, as the browser runs them: one picture, one word a step."""

from __future__ import annotations

import copy
from pathlib import Path

import torch
from torch import Tensor, nn

from caption_encoder import CHANNELS, HEAD_CHANNELS, PLACES, SIDE, Encoder
from caption_model import HIDDEN, Plain, Soft
from caption_onnx import quantise, save, sine, write_goldens
from caption_search import MAX_WORDS


class Start(nn.Module):
    """A captioner's `start` as a module of its own, to be traced."""

    def __init__(self, net: Plain | Soft):
        super().__init__()
        self.net = net

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        return self.net.start(*inputs)


class Word(nn.Module):
    """A captioner's `step` as a module of its own."""

    def __init__(self, net: Plain | Soft):
        super().__init__()
        self.net = net

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        return self.net.step(*inputs)


def export_encoder(encoder: Encoder, folder: Path) -> Encoder:
    """Write caption-encoder.onnx and its golden; returns the quantised encoder."""
    folder.mkdir(parents=True, exist_ok=True)
    encoder = copy.deepcopy(encoder)
    quantise(encoder)
    image = {"image": sine(1, 3, SIDE, SIDE)}
    made = save(encoder, image, ["features", "pooled"], folder / "caption-encoder.onnx")
    write_goldens(folder / "golden.json", {"caption-encoder": (image, made)})
    return encoder


def export_captioner(net: Plain | Soft, folder: Path, words: list[str], width: int, penalty: float) -> None:
    """Write start.onnx, step.onnx, the vocabulary (soft only: both share it) and goldens for "a" after `<start>`."""
    folder.mkdir(parents=True, exist_ok=True)
    net = copy.deepcopy(net).eval()
    quantise(net)
    search = {"beam": width, "length_penalty": penalty, "max_words": MAX_WORDS}
    pooled, features = sine(1, HEAD_CHANNELS), sine(1, PLACES, CHANNELS)
    token = {"token": torch.tensor([words.index("a")])}
    state = {"h": sine(1, HIDDEN), "c": sine(1, HIDDEN)}
    if isinstance(net, Soft):
        (folder / "vocabulary.txt").write_text("\n".join(words) + "\n")
        begin = {"features": features, "pooled": pooled}
        begun = save(Start(net), begin, ["keys", "h", "c"], folder / "start.onnx")
        keys = sine(1, PLACES, begun["keys"].shape[2])
        steer = torch.softmax(sine(1, PLACES), -1)
        said = token | state | {"features": features, "keys": keys, "steer": steer, "steering": torch.full((1, 1), 0.5)}
        names = ["logp", "alpha", "own_alpha", "beta", "h_out", "c_out"]
    else:
        begin = {"pooled": pooled}
        begun = save(Start(net), begin, ["h", "c"], folder / "start.onnx")
        said = token | state
        names = ["logp", "h_out", "c_out"]
    spoken = save(Word(net), said, names, folder / "step.onnx", search)
    write_goldens(folder / "golden.json", {"start": (begin, begun), "step": (said, spoken)})

"""The caption networks as ONNX files with their goldens, as the browser runs them: one picture, one word a step."""

from __future__ import annotations

import copy
from pathlib import Path

import torch
from torch import Tensor, nn

from train.captions.attributes import KEPT
from train.captions.hard import Hard
from train.captions.model import HIDDEN, Plain, Soft
from train.captions.semantic import Semantic
from train.common.beam_search import MAX_WORDS
from train.common.image_encoder import CHANNELS, HEAD_CHANNELS, PLACES, SIDE, Encoder
from train.common.onnx_files import quantise, save, sine, write_goldens, write_words


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


def found(net: Soft) -> list[str]:
    """What `start` tells beyond the usual: probability and region of every attribute."""
    return ["probabilities", "regions"] if isinstance(net, Semantic) else []


def shares(net: Soft) -> list[str]:
    """What `step` tells beyond the usual: how the attributes share input and output attention."""
    return ["input_attention", "output_attention"] if isinstance(net, Semantic) else []


def more_inputs(net: Soft) -> dict[str, Tensor]:
    """What `step` takes beyond the usual, with values for the golden."""
    if isinstance(net, Hard):
        return {"noise": sine(1, PLACES)}
    if isinstance(net, Semantic):
        presence = torch.linspace(0.9, 0.0, KEPT).unsqueeze(0)
        return {"attributes": torch.arange(KEPT).unsqueeze(0) * 7, "presence": presence}
    return {}


def export_captioner(net: Plain | Soft, folder: Path, words: list[str], width: int, penalty: float) -> None:
    """Write start.onnx, step.onnx, the vocabulary (soft only: all share it) and goldens for "a" after `<start>`."""
    folder.mkdir(parents=True, exist_ok=True)
    net = copy.deepcopy(net).eval()
    quantise(net)
    if type(net) is Soft:
        write_words(folder, "vocabulary", words)
    if isinstance(net, Semantic):
        write_words(folder, "attributes", [words[i] for i in net.attributes.tolist()])
    search = {"beam": width, "length_penalty": penalty, "max_words": MAX_WORDS}
    pooled, features = sine(1, HEAD_CHANNELS), sine(1, PLACES, CHANNELS)
    token = {"token": torch.tensor([words.index("a")])}
    state = {"h": sine(1, HIDDEN), "c": sine(1, HIDDEN)}
    if isinstance(net, Soft):
        begin = {"features": features, "pooled": pooled}
        begun = save(Start(net), begin, ["keys", "h", "c", *found(net)], folder / "start.onnx")
        keys = sine(1, PLACES, begun["keys"].shape[2])
        steer = torch.softmax(sine(1, PLACES), -1)
        more = more_inputs(net)
        steering = {"steer": steer, "steering": torch.full((1, 1), 0.5)}
        said = token | state | {"features": features, "keys": keys} | more | steering
        names = ["logp", "alpha", "own_alpha", "beta", *shares(net), "h_out", "c_out"]
    else:
        begin = {"pooled": pooled}
        begun = save(Start(net), begin, ["h", "c"], folder / "start.onnx")
        said = token | state
        names = ["logp", "h_out", "c_out"]
    spoken = save(Word(net), said, names, folder / "step.onnx", search)
    write_goldens(folder / "golden.json", {"start": (begin, begun), "step": (said, spoken)})

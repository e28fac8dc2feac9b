"""Measures the exported captioners with onnxruntime, picture to words, as the browser runs them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy import ndarray

from bleu import corpus_bleu
from caption_data import captions, load_picture, photos, pixels
from caption_search import Sentence, beam_search, choose

WIDTHS = (1, 2, 3, 4, 5)
PENALTIES = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.2)
SLICE = {"caption-soft": 4, "caption-none": 40}
PAPER = {
    "caption-soft": ("Xu et al., ICML 2015, arXiv 1502.03044, Table 1, soft attention", (67.0, 44.8, 29.9, 19.5)),
    "caption-none": ("Vinyals et al., CVPR 2015, as given in Xu et al., Table 1", (63.0, 41.0, 27.0, None)),
}


def session(path: Path) -> onnxruntime.InferenceSession:
    """Opens a file at a level that expands int8 weights; the extended one multiplies them as integers."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options)


class Captioner:
    """A shipped captioner, "caption-soft" or "caption-none", opened from `models`."""

    def __init__(self, models: Path, name: str):
        self.soft = name == "caption-soft"
        self.begin, self.word = (session(models / name / f"{f}.onnx") for f in ("start", "step"))
        self.words = (models / "caption-soft" / "vocabulary.txt").read_text().split("\n")[:-1]
        facts = {p.key: p.value for p in onnx.load(models / name / "step.onnx").metadata_props}
        self.width, self.penalty = int(facts["beam"]), float(facts["length_penalty"])

    def sentences(self, features: ndarray, pooled: ndarray, width: int) -> list[Sentence]:
        """Beam search from the encoder's outputs [1, 196, C] and [1, P]."""
        if self.soft:
            keys, *state = self.begin.run(["keys", "h", "c"], {"features": features, "pooled": pooled})
            places = np.zeros((1, features.shape[1]), np.float32)
            given = {"features": features, "keys": keys, "steer": places, "steering": np.zeros((1, 1), np.float32)}
        else:
            state, given = self.begin.run(["h", "c"], {"pooled": pooled}), {}

        def step(tokens, h, c):
            each = [
                given | {"token": t[None], "h": h[None], "c": c[None]} for t, h, c in zip(tokens, h, c, strict=True)
            ]
            rows = [self.word.run(["logp", "h_out", "c_out"], inputs) for inputs in each]
            return tuple(np.concatenate(r) for r in zip(*rows, strict=True))

        return beam_search(step, state, width)

    def caption(self, features: ndarray, pooled: ndarray) -> list[str]:
        """The words the shipped search chooses."""
        return [self.words[i] for i in choose(self.sentences(features, pooled, self.width), self.penalty)]


def tune(sentences: dict[int, list[list[Sentence]]], references: Sequence, words: list[str], paper: Sequence) -> tuple:
    """Beam width and length penalty with the best mean of BLEU-n relative to the paper's, and BLEU-1..4 there."""
    tried = []
    for width, found in sentences.items():
        for penalty in PENALTIES:
            bleu = corpus_bleu(references, [[words[i] for i in choose(s, penalty)] for s in found])
            tried.append((sum(b / p for b, p in zip(bleu, paper, strict=True)), width, penalty, bleu))
    return max(tried)[1:]


def encode(models: Path, data: Path, names: Sequence[str]) -> list[tuple[ndarray, ndarray]]:
    """Features and pooled of photos by the shipped encoder."""
    encoder = session(models / "caption-encoder" / "caption-encoder.onnx")
    pictures = (pixels(load_picture(data / "images" / f"{Path(n).stem}.webp")) for n in names)
    return [tuple(encoder.run(["features", "pooled"], {"image": p[None]})) for p in pictures]


def measure(models: Path, data: Path, name: str, split: str) -> dict:
    """metrics.json's contents: BLEU-1..4 of the shipped files on a split, photo to words."""
    said, names = captions(data), photos(data, split)
    captioner = Captioner(models, name)
    found = [captioner.caption(*seen) for seen in encode(models, data, names)]
    bleu = corpus_bleu([said[n] for n in names], found)
    source, figures = PAPER[name]
    protocol = (
        f"corpus BLEU without smoothing, closest reference length; {len(names)} photos, five references; lower case, "
        f"punctuation dropped; shipped ONNX files from picture to words; beam {captioner.width}, "
        f"length penalty {captioner.penalty:g}, chosen on dev"
    )
    metrics = [
        {"name": f"bleu{n}", "value": round(b, 2), "split": f"Flickr8k {split}", "paper": p, "protocol": protocol}
        for n, (b, p) in enumerate(zip(bleu, figures, strict=True), 1)
    ]
    return {"paper": source, "metrics": metrics}


def write_slice(models: Path, data: Path, name: str) -> None:
    """slice.bin, fp16 encoder outputs of a few dev photos (features, then pooled; caption-none: pooled), and
    slice.json: the words the search must find from them, the references, and BLEU of the slice."""
    said, names = captions(data), photos(data, "dev")[: SLICE[name]]
    captioner = Captioner(models, name)
    halves = [[part.astype(np.float16) for part in seen] for seen in encode(models, data, names)]
    stored = [part for seen in halves for part in (seen if captioner.soft else seen[1:])]
    found = [captioner.caption(*(part.astype(np.float32) for part in seen)) for seen in halves]
    references = [said[n] for n in names]
    (models / name / "slice.bin").write_bytes(b"".join(part.tobytes() for part in stored))
    told = {
        "photos": len(names),
        "tensors": [list(p.shape) for p in (halves[0] if captioner.soft else halves[0][1:])],
        "beam": captioner.width,
        "length_penalty": captioner.penalty,
        "captions": [{"words": w, "references": r} for w, r in zip(found, references, strict=True)],
        "bleu": corpus_bleu(references, found),
    }
    (models / name / "slice.json").write_text(json.dumps(told) + "\n")

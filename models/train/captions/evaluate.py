"""Measures the exported captioners with onnxruntime, picture to words, as the browser runs them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy import ndarray

from train.captions.attributes import KEPT
from train.captions.data import captions, load_picture, photos, pixels
from train.common.beam_search import Sentence, beam_search, choose
from train.common.bleu import corpus_bleu
from train.common.onnx_files import session

WIDTHS = (1, 2, 3, 4, 5)
SAMPLED = 2015
PENALTIES = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.2)
# Photos in the committed slice; the attentive captioners share one file of features.
SLICE = {"caption-soft": 4, "caption-hard": 4, "caption-semantic": 4, "caption-none": 40}
PAPER = {
    "caption-soft": ("Xu et al., ICML 2015, arXiv 1502.03044, Table 1, soft attention", (67.0, 44.8, 29.9, 19.5)),
    "caption-hard": ("Xu et al., ICML 2015, arXiv 1502.03044, Table 1, hard attention", (67.0, 45.7, 31.4, 21.3)),
    "caption-semantic": ("You et al., CVPR 2016, arXiv 1603.03925 (no figures for Flickr8k)", (None,) * 4),
    "caption-none": ("Vinyals et al., CVPR 2015, as given in Xu et al., Table 1", (63.0, 41.0, 27.0, None)),
}


class Captioner:
    """A shipped captioner ("caption-soft", "caption-hard" and so on), opened from `models`."""

    def __init__(self, models: Path, name: str):
        self.attentive = name != "caption-none"
        self.begin, self.word = (session(models / name / f"{f}.onnx") for f in ("start", "step"))
        self.words = (models / "caption-soft" / "vocabulary.txt").read_text().split("\n")[:-1]
        facts = {p.key: p.value for p in onnx.load(models / name / "step.onnx").metadata_props}
        self.width, self.penalty = int(facts["beam"]), float(facts["length_penalty"])

    def given(self, features: ndarray, begun: dict[str, ndarray]) -> dict[str, ndarray]:
        """What the step is given at every word: no noise, nothing painted, the likeliest attributes."""
        wanted = {i.name for i in self.word.get_inputs()}
        places = np.zeros((1, features.shape[1]), np.float32)
        given = {"features": features, "keys": begun["keys"], "steer": places, "steering": places[:, :1]}
        if "noise" in wanted:
            given["noise"] = places
        if "attributes" in wanted:
            probabilities = begun["probabilities"]
            given["attributes"] = np.argsort(-probabilities, 1, kind="stable")[:, :KEPT]
            given["presence"] = np.take_along_axis(probabilities, given["attributes"], 1)
        return given

    def sentences(self, features: ndarray, pooled: ndarray, width: int, random=None) -> list[Sentence]:
        """Beam search from the encoder's outputs [1, 196, C] and [1, P]; with a `random` generator the places are sampled."""
        seen = {"features": features, "pooled": pooled} if self.attentive else {"pooled": pooled}
        names = [o.name for o in self.begin.get_outputs()]
        begun = dict(zip(names, self.begin.run(names, seen), strict=True))
        given = self.given(features, begun) if self.attentive else {}

        def step(tokens, h, c):
            if random is not None:
                given["noise"] = random.gumbel(size=given["noise"].shape).astype(np.float32)
            each = [
                given | {"token": t[None], "h": h[None], "c": c[None]} for t, h, c in zip(tokens, h, c, strict=True)
            ]
            rows = [self.word.run(["logp", "h_out", "c_out"], inputs) for inputs in each]
            return tuple(np.concatenate(r) for r in zip(*rows, strict=True))

        return beam_search(step, (begun["h"], begun["c"]), width)

    def caption(self, features: ndarray, pooled: ndarray, random=None) -> list[str]:
        """The words the shipped search chooses."""
        found = self.sentences(features, pooled, self.width, random)
        return [self.words[i] for i in choose(found, self.penalty)]


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


def protocol(captioner: Captioner, photos: int) -> str:
    """How a captioner's BLEU is measured, in words."""
    return (
        f"corpus BLEU without smoothing, closest reference length; {photos} photos, five references; lower case, "
        f"punctuation dropped; shipped ONNX files from picture to words; beam {captioner.width}, "
        f"length penalty {captioner.penalty:g}, chosen on dev"
    )


def measure(models: Path, data: Path, name: str, split: str) -> dict:
    """metrics.json's contents: BLEU-1..4 of the shipped files on a split, photo to words; hard attention also sampled."""
    said, names = captions(data), photos(data, split)
    captioner = Captioner(models, name)
    seen = encode(models, data, names)
    references = [said[n] for n in names]
    source, figures = PAPER[name]
    how = protocol(captioner, len(names))

    def metrics(prefix: str, how: str, random) -> list[dict]:
        bleu = corpus_bleu(references, [captioner.caption(*one, random) for one in seen])
        return [
            {"name": f"{prefix}{n}", "value": round(b, 2), "split": f"Flickr8k {split}", "paper": p, "protocol": how}
            for n, (b, p) in enumerate(zip(bleu, figures, strict=True), 1)
        ]

    if name != "caption-hard":
        return {"paper": source, "metrics": metrics("bleu", how, None)}
    sampled = f"{how}; a place sampled at every word (numpy seed {SAMPLED})"
    return {
        "paper": source,
        "metrics": metrics("bleu", f"{how}; at every word the likeliest place", None)
        + metrics("bleu_sampled", sampled, np.random.default_rng(SAMPLED)),
    }


def write_slice(models: Path, data: Path, name: str) -> None:
    """slice.bin, fp16 encoder outputs of a few dev photos (features, then pooled; caption-none: pooled), and
    slice.json: the words the search must find from them, the references, and BLEU of the slice. The captioners with
    attention share caption-soft's slice.bin."""
    said, names = captions(data), photos(data, "dev")[: SLICE[name]]
    captioner = Captioner(models, name)
    halves = [[part.astype(np.float16) for part in seen] for seen in encode(models, data, names)]
    kept = [seen if captioner.attentive else seen[1:] for seen in halves]
    found = [captioner.caption(*(part.astype(np.float32) for part in seen)) for seen in halves]
    references = [said[n] for n in names]
    if name in ("caption-soft", "caption-none"):
        (models / name / "slice.bin").write_bytes(b"".join(part.tobytes() for seen in kept for part in seen))
    told = {
        "photos": len(names),
        "tensors": [list(part.shape) for part in kept[0]],
        "beam": captioner.width,
        "length_penalty": captioner.penalty,
        "captions": [{"words": w, "references": r} for w, r in zip(found, references, strict=True)],
        "bleu": corpus_bleu(references, found),
    }
    (models / name / "slice.json").write_text(json.dumps(told) + "\n")

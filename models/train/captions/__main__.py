"""Trains, exports and measures the image encoder and the captioners.

    ./build.sh train caption-soft --data DIR --work WORK

`--name` is caption-encoder, caption-soft, caption-hard, caption-semantic or caption-none; all need the encoder, hard and
semantic go on from the first phase of caption-soft, and what WORK lacks of these is trained first. DIR holds `flickr8k/`,
`coco/`, `voc/` and `free-photos/`; WORK keeps cached features and checkpoints, from which an interrupted run goes on.
`--export-only --checkpoint F` exports and measures the weights in F; `--train-only` leaves export and measuring out.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from torch import nn

from train.captions.attributes import attribute_words, cross_fitted, fitted, shown
from train.captions.commonness import adjust
from train.captions.corpus import vocabulary
from train.captions.encoder import shared_encoder
from train.captions.evaluate import ABOUT, searched, written
from train.captions.export import export_captioner, export_encoder
from train.captions.hard import Hard, HardRun
from train.captions.joint import STEPS
from train.captions.model import Plain, Soft
from train.captions.rewarding import Rewarded
from train.captions.semantic import Attributed, Edits, Semantic
from train.captions.training import SEED, Corpus, Run
from train.common.onnx_files import quantise
from train.common.paths import MODELS

RUNS = {"caption-soft": Run, "caption-none": Run, "caption-hard": HardRun, "caption-semantic": Run}
# Steps and rate of the first phase: caption-none starts from nothing, the others from weights that speak already.
FIRST = {
    "caption-soft": (2400, 6e-4),
    "caption-none": (5000, 1e-3),
    "caption-hard": (1500, 3e-4),
    "caption-semantic": (1500, 4e-4),
}
# Steps of the rewarded phase.
REWARDED = {"caption-soft": 600, "caption-none": 600, "caption-hard": 450, "caption-semantic": 600}


def made(name: str, words: list[str], attributes: list[int]) -> Plain | Soft:
    """An untrained captioner of this name."""
    if name == "caption-semantic":
        return Semantic(len(words), attributes)
    return {"caption-soft": Soft, "caption-none": Plain, "caption-hard": Hard}[name](len(words))


def begin(net: nn.Module, path: Path, part: str = "") -> None:
    """Start from the averaged weights of another run, or from those of a part of it."""
    kept = torch.load(path, weights_only=False)["average"]
    net.load_state_dict({k.removeprefix(part): v for k, v in kept.items() if k.startswith(part)}, strict=False)


def found_attributes(corpus: Corpus, work: Path, attributes: list[int]) -> dict:
    """The attribute detector's weights and what it finds in all photos, fitted once."""
    kept = work / "caption-semantic" / "detector.pt"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        numbers = corpus.captions.photo.tolist()
        named = shown(corpus.data, numbers, corpus.words, attributes)
        everything = fitted(corpus.seen, numbers, named)
        found = cross_fitted(corpus.seen, numbers, named, everything)
        torch.save({"detector": everything.state_dict(), "found": found}, kept)
    return torch.load(kept)


def attributed(net: Plain | Soft, corpus: Corpus, work: Path, attributes: list[int]) -> None:
    """Give a semantic captioner its detector, which is not trained along, and the corpus what it found."""
    if isinstance(net, Semantic):
        told = found_attributes(corpus, work, attributes)
        net.detector.load_state_dict(told["detector"])
        net.detector.requires_grad_(False)
        corpus.look = Attributed(corpus.seen, told["found"])
        corpus.edit = Edits(net.attributes, len(corpus.words))


def train(name: str, data: Path, work: Path, words: list[str], rewarded: int) -> Path:
    """Train a captioner through its phases; returns its checkpoint."""
    soft = work / "caption-soft" / "last.pt"
    if name in ("caption-hard", "caption-semantic") and not soft.exists():
        train("caption-soft", data, work, words, REWARDED["caption-soft"])
    torch.manual_seed(SEED)
    attributes = attribute_words(data, work, words)
    net, corpus = made(name, words, attributes), Corpus(data, work, words)
    if name == "caption-soft":
        begin(net, work / "encoder" / "last.pt", "captioner.")
    elif isinstance(net, Soft):
        begin(net, soft)
    attributed(net, corpus, work, attributes)
    run = RUNS[name](net, corpus, *FIRST[name], work / name)
    run.train()
    last = Rewarded(run.average.requires_grad_(True), corpus, rewarded, work / name)
    last.train()
    return work / name / "rewarded.pt"


def export(name: str, data: Path, work: Path, words: list[str], args: argparse.Namespace) -> None:
    """Choose the search on dev with the weights as shipped, write the ONNX files, and measure them."""
    attributes = attribute_words(data, work, words)
    net, corpus = made(name, words, attributes), Corpus(data, work, words)
    attributed(net, corpus, work, attributes)
    net.load_state_dict(torch.load(args.checkpoint, weights_only=False)["average"])
    quantise(net)
    adjust(net, corpus)
    width, penalty = searched(net.eval(), corpus)
    export_captioner(net, MODELS / name, words, width, penalty)
    written(name, data, work, args.split)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, choices=["caption-encoder", *RUNS])
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=STEPS, help="steps of the encoder's run")
    parser.add_argument("--rewarded", type=int, help="steps of the rewarded phase, instead of the usual ones")
    parser.add_argument("--train-only", action="store_true")
    parser.add_argument("--export-only", action="store_true")
    parser.add_argument("--checkpoint", type=Path, help="weights to export (last.pt or rewarded.pt)")
    parser.add_argument("--split", choices=["dev", "test"], default="test", help="what metrics.json is measured on")
    args = parser.parse_args()
    if args.export_only and args.name != "caption-encoder" and args.checkpoint is None:
        parser.error("--export-only needs --checkpoint")
    torch.set_num_threads(args.threads)
    args.work.mkdir(parents=True, exist_ok=True)
    words = vocabulary(args.data, args.work)
    encoder = shared_encoder(args.data, args.work, args.steps)
    if args.name != "caption-encoder" and not args.export_only:
        rewarded = REWARDED[args.name] if args.rewarded is None else args.rewarded
        args.checkpoint = train(args.name, args.data, args.work, words, rewarded)
    if args.train_only:
        return
    if args.name == "caption-encoder":
        export_encoder(encoder, MODELS / args.name)
        (MODELS / args.name / "metrics.json").write_text(json.dumps(ABOUT[args.name], indent=2) + "\n")
    else:
        export(args.name, args.data, args.work, words, args)


if __name__ == "__main__":
    main()

"""Trains, exports and measures handwriting from text, and the same network without its text.

    ./build.sh train handwriting --data DIR --work WORK

`--name` is handwriting or handwriting-none; DIR holds `unipen/`; WORK keeps checkpoints, from which an interrupted run goes
on. `--export-only --checkpoint F` exports and measures the weights in F.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from train.common.figures import BINOMIAL, of_share
from train.common.paths import MODELS
from train.handwriting.data import Corpus
from train.handwriting.export import Pen, coverage, export, nats_per_point
from train.handwriting.model import Writer
from train.handwriting.training import SEED, Run

MINUTES = {"handwriting": 101, "handwriting-none": 20}
BIAS = 0.5
LINES = 200
ABOUT = {
    "licence": "research use, with attribution; no coordinates, no writer named",
    "data": "UNIPEN train_r01_v07 (International Unipen Foundation, 1999), CC BY 4.0; its notice of 1999 says research use",
    "paper": "Graves, arXiv 1308.0850, sections 4 and 5",
}
TITLES = {"handwriting": "Handwriting from text", "handwriting-none": "Handwriting without a text"}


def measured(name: str, corpus: Corpus) -> list[dict]:
    """The metrics of a shipped network on the held-out writers."""
    pen = Pen(MODELS / name)
    writers = f"{len(corpus.test)} lines of UNIPEN writers held out"
    protocol = (
        "mean of -log p of a pen point (offset in units of 0.3 x-height, and the end of the stroke) given all points "
        "before, every second point of the archive; bias 0; shipped ONNX file in onnxruntime"
    )
    value = nats_per_point(pen, corpus.test)
    # The paper's figures are of another corpus (IAM) in other units, so none stands beside ours.
    nats = {"name": "nats_per_point", "value": round(value, 3), "n": len(corpus.test)}
    metrics = [nats | {"split": writers, "paper": None, "protocol": protocol}]
    if not pen.reads:
        return metrics
    texts = [s.text for s in corpus.test if len(s.text) <= 60][:LINES]
    found, strict = coverage(pen, texts, BIAS)
    protocol = (
        f"{len(texts)} texts of held-out writers written once each at bias {BIAS}: percent in which the window reached the "
        "last character and stopped by the paper's rule, no character left out between two neighbours that weighed most in "
        "turn, but for single ones stepped over within one point of the pen"
    )
    strictly = protocol.split(", but")[0]
    shares = {"coverage": (found, protocol), "coverage_strict": (strict, strictly)}
    return metrics + [
        {"name": name, "value": round(share, 1), **of_share(share, len(texts))}
        | {"split": writers, "paper": None, "protocol": f"{how}; {BINOMIAL}"}
        for name, (share, how) in shares.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, choices=list(TITLES))
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--minutes", type=float, help="training time on one core, instead of the usual one")
    parser.add_argument("--export-only", action="store_true")
    parser.add_argument("--checkpoint", type=Path, help="weights to export")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    corpus, net = Corpus(args.data / "unipen"), Writer(args.name == "handwriting")
    work = args.work / args.name
    if not args.export_only:
        work.mkdir(parents=True, exist_ok=True)
        Run(net, corpus, work, args.minutes or MINUTES[args.name]).train()
        args.checkpoint = work / "last.pt"
    elif args.checkpoint is None:
        parser.error("--export-only needs --checkpoint")
    net.load_state_dict(torch.load(args.checkpoint, weights_only=False)["average"])
    export(net, MODELS / args.name)
    facts = {"title": TITLES[args.name]} | ABOUT | {"metrics": measured(args.name, corpus)}
    (MODELS / args.name / "metrics.json").write_text(json.dumps(facts, indent=2) + "\n")
    print(json.dumps(facts["metrics"], indent=2), flush=True)


if __name__ == "__main__":
    main()

"""Trains, exports and measures the tiny vision transformer.

    ./build.sh train vit-digits --data DIR --work WORK

DIR holds `mnist/`; WORK/vit-digits keeps the checkpoint, from which an interrupted run goes on. `--export-only` exports and measures it.
"""

from __future__ import annotations

import argparse
import copy
import json
from pathlib import Path

import numpy as np
import torch

from train.common.figures import BINOMIAL, of_share
from train.common.onnx_files import quantise, save, session, write_goldens
from train.common.paths import MODELS
from train.spatial.data import KINDS, held_out
from train.spatial.data import SEED as DISTORTION_SEED
from train.vision.model import VisionTransformer
from train.vision.training import KIND, SEED, Run

NAME = "vit-digits"
MINUTES = 20
DIGITS = 10_000


def export(net: VisionTransformer, folder: Path, data: Path) -> None:
    """Write vit.onnx, whose softmaxes are the attention of its layers, and golden.json."""
    folder.mkdir(parents=True, exist_ok=True)
    net = copy.deepcopy(net).eval()
    quantise(net)
    given = {"picture": held_out(data, "dev", KIND)[0][:1].unsqueeze(1)}
    write_goldens(folder / "golden.json", {"vit": (given, save(net, given, ["probability"], folder / "vit.onnx"))})


def error(folder: Path, data: Path) -> float:
    """Percent of wrong digits of the test split, by the shipped file."""
    file, (pictures, labels, _) = session(folder / "vit.onnx"), held_out(data, "test", KIND)
    told = [int(file.run(None, {"picture": picture[None, None].numpy()})[0].argmax()) for picture in pictures]
    return 100 * float(np.mean(np.array(told) != labels.numpy()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, choices=[NAME])
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="processor time")
    parser.add_argument("--export-only", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    net, folder, work = VisionTransformer(), MODELS / NAME, args.work / NAME
    if not args.export_only:
        Run(net, args.data, work, args.minutes).train()
    net.load_state_dict(torch.load(work / "last.pt", weights_only=False)["average"])
    export(net, folder, args.data)
    value = round(error(folder, args.data), 2)
    metric = {"name": "error", "value": value, **of_share(value, DIGITS), "chance": 90}
    where = f"the {DIGITS:,} MNIST test digits distorted once ({KIND.upper()}, torch seed {DISTORTION_SEED + KINDS.index(KIND)})"
    facts = {
        "title": "A tiny vision transformer on distorted digits",
        "licence": "CC BY-SA 3.0",
        "data": "MNIST (LeCun et al., 1998), CC BY-SA 3.0; distorted anew in every batch",
        "paper": "Dosovitskiy et al., ICLR 2021, arXiv 2010.11929",
        "metrics": [metric | {"split": where, "paper": None, "protocol": f"percent of wrong digits; shipped ONNX file in onnxruntime; {BINOMIAL}"}],
    }
    (folder / "metrics.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
    print(json.dumps(facts["metrics"], indent=2), flush=True)


if __name__ == "__main__":
    main()

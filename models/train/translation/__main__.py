"""Trains, exports and measures the translators.

    ./build.sh train translate-attention --data DIR --work WORK

`--name` is translate-attention or translate-fixed; DIR holds `translation/`; WORK/NAME keeps the checkpoint, from which an
interrupted run goes on. A larger `--budget-minutes` continues a finished run. `--export-only --checkpoint F` exports and
measures the weights in F.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from train.common.paths import MODELS
from train.translation.export import export
from train.translation.model import Translator
from train.translation.text import Pieces
from train.translation.training import SEED, Run, corpora

NAMES = {"translate-attention": True, "translate-fixed": False}


def pieces_of(folder: Path, work: Path) -> Pieces:
    """The pieces both translators speak, learned once."""
    if not (work / "merges.txt").exists():
        Pieces.learn(text for pairs in corpora(folder) for pair in pairs for text in pair).save(work)
    return Pieces.load(work)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, choices=list(NAMES))
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--budget-minutes", type=float, default=42, help="wall-clock time of the whole training")
    parser.add_argument("--export-only", action="store_true")
    parser.add_argument("--checkpoint", type=Path, help="weights to export (last.pt)")
    parser.add_argument("--split", choices=["dev", "test"], default="test", help="what metrics.json is measured on")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(SEED)
    folder, work = args.data / "translation", args.work / args.name
    work.mkdir(parents=True, exist_ok=True)
    pieces = pieces_of(folder, args.work)
    net = Translator(len(pieces.names), NAMES[args.name])
    if not args.export_only:
        Run(net, folder, pieces, work, args.budget_minutes).train()
        args.checkpoint = work / "last.pt"
    elif args.checkpoint is None:
        parser.error("--export-only needs --checkpoint")
    net.load_state_dict(torch.load(args.checkpoint, weights_only=False)["average"])
    export(args.name, net, pieces, folder, MODELS, args.split)


if __name__ == "__main__":
    main()

"""Trains, exports and measures the translators.

    ./build.sh train translate-attention --data DIR --work WORK

`--name` is translate-attention or translate-fixed; DIR holds `translation/`; WORK/NAME keeps the checkpoint, from which an
interrupted run goes on. `--train-only` stops before the export. `--export-only --checkpoint F` exports and measures the weights in F.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from train.common.paths import MODELS
from train.translation.copying import Reader, known
from train.translation.export import export
from train.translation.model import Translator
from train.translation.text import Pieces
from train.translation.training import SEED, Run, corpora

NAMES = {"translate-attention": True, "translate-fixed": False}
STEPS = 16000


def reader_of(folder: Path, work: Path) -> Reader:
    """The pieces and the known words of both translators, learned once."""
    if not (work / "known.txt").exists():
        pairs = [pair for part in corpora(folder) for pair in part]
        words = known(pairs)
        english = (Reader(Pieces([], []), words).text(a) for a, _ in pairs)
        Reader(Pieces.learn([*english, *(b for _, b in pairs)]), words).save(work)
    return Reader.load(work)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, choices=list(NAMES))
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=STEPS, help="batches of the whole training")
    parser.add_argument("--train-only", action="store_true")
    parser.add_argument("--export-only", action="store_true")
    parser.add_argument("--checkpoint", type=Path, help="weights to export (last.pt)")
    parser.add_argument("--split", choices=["dev", "test"], default="test", help="what metrics.json is measured on")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(SEED)
    folder, work = args.data / "translation", args.work / args.name
    work.mkdir(parents=True, exist_ok=True)
    reader = reader_of(folder, args.work)
    net = Translator(len(reader.pieces.names), NAMES[args.name])
    if not args.export_only:
        Run(net, folder, reader, work, args.steps).train()
        args.checkpoint = work / "last.pt"
    elif args.checkpoint is None:
        parser.error("--export-only needs --checkpoint")
    if args.train_only:
        return
    net.load_state_dict(torch.load(args.checkpoint, weights_only=False)["average"])
    export(args.name, net, reader, folder, MODELS, args.split)


if __name__ == "__main__":
    main()

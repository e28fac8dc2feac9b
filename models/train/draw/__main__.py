"""Trains, exports and measures the DRAW models.

    ./build.sh train draw-mnist --data DIR --work WORK

`--name` is draw-mnist, draw-mnist-noattention or draw-2digits; DIR holds `mnist/`; WORK/NAME keeps the checkpoint,
from which an interrupted run goes on. A larger `--budget-minutes` continues a finished run, on the rate that the
longer schedule has left. `--export-only --checkpoint F` exports and measures the weights in F.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from train.common.paths import MODELS
from train.draw.export import export
from train.draw.model import SHAPES, Draw
from train.draw.training import SEED, Run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, choices=list(SHAPES))
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--budget-minutes", type=float, default=40, help="wall-clock time of the whole training")
    parser.add_argument("--no-compile", action="store_true", help="train without a C++ compiler, more slowly")
    parser.add_argument("--export-only", action="store_true")
    parser.add_argument("--checkpoint", type=Path, help="weights to export (last.pt)")
    parser.add_argument("--split", choices=["dev", "test"], default="test", help="what metrics.json is measured on")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(SEED)
    net = Draw(SHAPES[args.name])
    work = args.work / args.name
    if not args.export_only:
        work.mkdir(parents=True, exist_ok=True)
        Run(net, args.data, work, args.budget_minutes, not args.no_compile).train()
        args.checkpoint = work / "last.pt"
    elif args.checkpoint is None:
        parser.error("--export-only needs --checkpoint")
    net = Draw(SHAPES[args.name])
    net.load_state_dict(torch.load(args.checkpoint, weights_only=False)["average"])
    export(args.name, net, args.data, MODELS, args.split)


if __name__ == "__main__":
    main()

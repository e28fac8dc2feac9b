"""Trains, exports and measures the readers of cluttered digits.

    ./build.sh train ram-cluttered --data DIR --work WORK

`--name` is ram-cluttered or draw-read-cluttered; DIR holds `mnist/`; WORK/NAME keeps the checkpoints of the reader and of the
network that sees the whole scene, from which an interrupted run goes on. `--export-only` exports and measures those.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from train.common.paths import MODELS
from train.glimpses.data import held_out
from train.glimpses.export import Shipped, export, measured, write_slice
from train.glimpses.model import TASKS, Ram, Reader, Whole
from train.glimpses.training import SEED, Run

MINUTES = {"ram-cluttered": 35, "draw-read-cluttered": 25}
WHOLE_MINUTES = 8
MNIST = "MNIST (LeCun et al., 1998), CC BY-SA 3.0; scenes made of its digits"
ABOUT = {
    "ram-cluttered": ("Hard attention on cluttered digits", "Mnih et al., NIPS 2014, arXiv 1406.6247, Table 2b (60×60 cluttered translated MNIST, 8 glimpses)", 4.04),
    "draw-read-cluttered": ("DRAW's window on cluttered digits", "Gregor et al., ICML 2015, arXiv 1502.04623, Table 2 (100×100 cluttered MNIST, 8 glimpses)", 3.36),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, choices=list(TASKS))
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--minutes", type=float, help="training time of the reader on one core, instead of the usual one")
    parser.add_argument("--export-only", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    task, folder = TASKS[args.name], MODELS / args.name
    budgets = {"reader": args.minutes or MINUTES[args.name], "whole": WHOLE_MINUTES}
    nets = {}
    for part, minutes in budgets.items():
        torch.manual_seed(SEED)
        net = Whole(task.side) if part == "whole" else Ram() if args.name == "ram-cluttered" else Reader(task.side)
        work = args.work / args.name / part
        if not args.export_only:
            Run(net, task, args.data, work, minutes).train()
        net.load_state_dict(torch.load(work / "last.pt", weights_only=False)["average"])
        nets[part] = net
    export(nets["reader"], nets["whole"], folder, task, held_out(args.data, "dev", task.side, task.pieces)[0][:1])
    pictures, labels = held_out(args.data, "test", task.side, task.pieces)
    write_slice(folder, pictures, labels)
    title, paper, figure = ABOUT[args.name]
    facts = {"title": title, "licence": "CC BY-SA 3.0", "data": MNIST, "paper": paper}
    facts["metrics"] = measured(Shipped(folder), pictures, labels, figure, task)
    (folder / "metrics.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
    print(json.dumps(facts["metrics"], indent=2), flush=True)


if __name__ == "__main__":
    main()

"""Trains, exports and measures the spatial transformers on distorted MNIST, and the networks without one beside them.

    ./build.sh train stn-mnist --data DIR --work WORK

DIR holds `mnist/`; WORK/stn-mnist keeps a checkpoint of each network, from which an interrupted run goes on. `--train-only` ends
before the export; `--export-only` exports and measures what the checkpoints hold.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from train.common.paths import MODELS
from train.spatial.export import export, measured, write_slice
from train.spatial.model import HEADS, network
from train.spatial.training import SEED, Run

NAME = "stn-mnist"
# Minutes of processor time.
MINUTES = {"affine": 120, "single": 45, "tps": 60, "cnn": 60, "fcn": 15}
# Jaderberg et al., Table 1, R, RTS, P and E: ST-CNN affine, ST-CNN with the spline, CNN, FCN.
PAPER = {
    "affine": (0.7, 0.5, 0.8, 1.2),
    "single": (0.7, 0.5, 0.8, 1.2),
    "tps": (0.7, 0.5, 0.8, 1.1),
    "cnn": (1.2, 0.8, 1.5, 1.4),
    "fcn": (2.1, 5.2, 3.1, 3.2),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, choices=[NAME])
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--minutes", type=float, help="training time of each network on one core, instead of the usual one")
    parser.add_argument("--only", choices=HEADS, help="one network alone, with --train-only")
    parser.add_argument("--train-only", action="store_true")
    parser.add_argument("--export-only", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    nets, folder = {}, MODELS / NAME
    for head in [args.only] if args.only else HEADS:
        torch.manual_seed(SEED)
        net, work = network(head), args.work / NAME / head
        if not args.export_only:
            Run(net, args.data, work, args.minutes or MINUTES[head]).train()
        net.load_state_dict(torch.load(work / "last.pt", weights_only=False)["average"])
        nets[head] = net
    if args.train_only:
        return
    export(nets, folder, args.data)
    write_slice(folder, args.data)
    facts = {
        "title": "Spatial transformers on distorted digits",
        "licence": "CC BY-SA 3.0",
        "data": "MNIST (LeCun et al., 1998), CC BY-SA 3.0; distorted anew in every batch",
        "paper": "Jaderberg et al., NIPS 2015, arXiv 1506.02025, Table 1",
        "metrics": measured(folder, args.data, PAPER),
    }
    (folder / "metrics.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
    print(json.dumps(facts["metrics"], indent=2), flush=True)


if __name__ == "__main__":
    main()

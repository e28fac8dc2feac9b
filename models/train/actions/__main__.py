"""Trains, exports and measures the watchers of actions: with attention, and with the mean of every frame.

    ./build.sh train action --data DIR --work WORK

`--name` is action or action-mean; DIR holds `jhmdb/`, and what the captions' encoder is trained on where WORK lacks it; WORK keeps
cached features and checkpoints, from which an interrupted run goes on. `--export-only` exports and measures those.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from numpy import ndarray

from train.actions.data import FOLDS, SHIPPED, View, actions, cached, clips
from train.actions.export import export, gaze_worth, named_rightly, write_slice
from train.actions.figures import metrics
from train.actions.model import Watcher
from train.actions.training import SEED, Run, World
from train.captions.encoder import shared_encoder
from train.captions.lower import VIEWS
from train.common.paths import MODELS

SIGHTS = {"action": "attention", "action-mean": "mean"}
MINUTES = {"action": 9, "action-mean": 9}
TITLES = {"action": "Actions, attending to places", "action-mean": "Actions, with the mean of every frame"}


def fitted(name: str, fold: int, data: Path, work: Path, views: list[View], args: argparse.Namespace) -> tuple[Watcher, World]:
    """A watcher trained on three of the four folds, and its world."""
    torch.manual_seed(SEED)
    world = World(clips(data / "jhmdb", fold), views, args.hold_dev)
    net, kept = Watcher(len(actions(data / "jhmdb")), SIGHTS[name]), work / f"{name}-{fold}"
    if not args.export_only:
        Run(net, world, kept, args.minutes or MINUTES[name]).train()
    net.load_state_dict(torch.load(kept / "last.pt", weights_only=False)["average"])
    return net, world


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, choices=list(SIGHTS))
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--minutes", type=float, help="training time of a fold on one core, instead of the usual one")
    parser.add_argument("--hold-dev", action="store_true", help="train on the shipped fold alone, without dev, to choose by it")
    parser.add_argument("--export-only", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    args.work.mkdir(parents=True, exist_ok=True)
    encoder, names = shared_encoder(args.data, args.work), actions(args.data / "jhmdb")
    views = [cached(clips(args.data / "jhmdb"), encoder, view, args.work / "action") for view in VIEWS]
    if args.hold_dev:
        fitted(args.name, SHIPPED, args.data, args.work, views, args)
        return
    told: dict[str, list[ndarray]] = {}
    for fold in range(FOLDS):
        net, world = fitted(args.name, fold, args.data, args.work, views, args)
        folder = MODELS / args.name if fold == SHIPPED else args.work / f"{args.name}-{fold}"
        export(net, folder, names)
        rows = world.rows["test"]
        right, weights = named_rightly(folder, views[0].features[rows], world.label[rows])
        np.save(args.work / f"{args.name}-{fold}" / "right.npy", right)
        for key, each in {"accuracy": right, **gaze_worth(weights, views[0].motion[rows].numpy())}.items():
            told.setdefault(key, []).append(each)
    write_slice(MODELS / args.name, MODELS / "caption-encoder" / "caption-encoder.onnx", MODELS.parent / "www" / "samples")
    facts = {
        "title": TITLES[args.name],
        "licence": "research and education",
        "data": "JHMDB (Jhuang et al., ICCV 2013), 21 actions: research use; weights only",
        "paper": "Sharma et al., 2015, arXiv 1511.04119, Table 1 (on HMDB-51)",
        "metrics": metrics(args.name, told, args.work),
    }
    (MODELS / args.name / "metrics.json").write_text(json.dumps(facts, indent=2) + "\n")
    print(json.dumps(facts["metrics"], indent=2), flush=True)


if __name__ == "__main__":
    main()

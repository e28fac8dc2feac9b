"""Trains, exports and measures the watchers of actions: with attention, and with the mean of every frame.

    ./build.sh train action --data DIR --work WORK

`--name` is action or action-mean; DIR holds `jhmdb/`, and what the captions' encoder is trained on where WORK lacks it; WORK keeps
cached features and checkpoints, from which an interrupted run goes on. `--export-only` exports and measures those.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from train.actions.data import actions, cached, clips
from train.actions.export import accuracy, export, write_slice
from train.actions.model import Watcher
from train.actions.training import SEED, Run, World
from train.captions.encoder import shared_encoder
from train.captions.lower import VIEWS
from train.common.figures import BINOMIAL, of_share
from train.common.paths import MODELS

SIGHTS = {"action": "attention", "action-mean": "mean"}
MINUTES = {"action": 9, "action-mean": 9}
TITLES = {"action": "Actions, attending to places", "action-mean": "Actions, with the mean of every frame"}
# Sharma et al., Table 1, on HMDB-51 (51 actions), a soft-attention model and average pooled LSTM.
PAPER = {"action": 41.3, "action-mean": 40.5}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, choices=list(SIGHTS))
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--minutes", type=float, help="training time on one core, instead of the usual one")
    parser.add_argument("--hold-dev", action="store_true", help="keep dev out of training, to choose by it")
    parser.add_argument("--export-only", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    args.work.mkdir(parents=True, exist_ok=True)
    encoder = shared_encoder(args.data, args.work)
    found, names = clips(args.data / "jhmdb"), actions(args.data / "jhmdb")
    world = World(found, [cached(found, encoder, view, args.work / "action" / f"{view}.npy") for view in VIEWS], args.hold_dev)
    net, folder = Watcher(len(names), SIGHTS[args.name]), MODELS / args.name
    if not args.export_only:
        Run(net, world, args.work / args.name, args.minutes or MINUTES[args.name]).train()
    net.load_state_dict(torch.load(args.work / args.name / "last.pt", weights_only=False)["average"])
    export(net, folder, names)
    write_slice(folder, MODELS / "caption-encoder" / "caption-encoder.onnx", MODELS.parent / "www" / "samples")
    rows = world.rows["test"]
    named = round(accuracy(folder, world.views[0][rows], world.label[rows]), 1)
    sources = "every fourth source video of an action held out"
    facts = {
        "title": TITLES[args.name],
        "licence": "research and education",
        "data": "JHMDB (Jhuang et al., ICCV 2013), 21 actions: research use; weights only",
        "paper": "Sharma et al., 2015, arXiv 1511.04119, Table 1 (on HMDB-51)",
        "metrics": [
            {
                "name": "accuracy",
                "value": named,
                **of_share(named, len(rows)),
                "split": f"JHMDB, {len(rows)} clips, {sources}",
                "paper": PAPER[args.name],
                "protocol": f"percent of clips named rightly by the mean of the probabilities after 16 frames; shipped ONNX file, from the encoder's features on; {BINOMIAL}",
            }
        ],
    }
    (folder / "metrics.json").write_text(json.dumps(facts, indent=2) + "\n")
    print(json.dumps(facts["metrics"], indent=2), flush=True)


if __name__ == "__main__":
    main()

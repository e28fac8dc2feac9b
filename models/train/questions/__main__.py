"""Trains, exports and measures the answerers: with attention, with the mean of the picture, and blind.

    ./build.sh train vqa --data DIR --work WORK

`--name vqa` makes all three, since its figures are comparisons with the others; vqa-pooled and vqa-blind make one alone. DIR holds
`flickr8k/`, `coco/`, `voc/`, `daquar/` and, for more words, `coco-text/`; WORK keeps the encoder, cached features and checkpoints, from
which an interrupted run goes on. `--figures` prints what the question sets hold and trains nothing; `--train-only` leaves export and
measuring out, `--export-only` training (`--checkpoint F` exports other weights than the last).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from train.captions.corpus import vocabulary
from train.captions.encoder import shared_encoder
from train.common.paths import MODELS
from train.questions.data import World
from train.questions.evaluate import answered, gaze_worth, measured, table
from train.questions.export import export, write_slice
from train.questions.model import Answerer
from train.questions.pictures import Pictures
from train.questions.training import SEED, Run

SIGHTS = {"vqa": "attention", "vqa-pooled": "pooled", "vqa-blind": "blind"}
# Training time on one core. The comparisons come first, so that vqa can be measured against them.
MINUTES = {"vqa-blind": 12, "vqa-pooled": 25, "vqa": 60}
TITLES = {
    "vqa": "Questions, looking at every word",
    "vqa-pooled": "Questions, with the mean of the picture",
    "vqa-blind": "Questions, without the picture",
}
ABOUT = {
    "licence": "research and education",
    "data": "questions made from the captions of Flickr8k and COCO and the masks of PASCAL VOC 2012, DAQUAR: research use; weights only",
    "paper": "Zhu et al., Visual7W, CVPR 2016, arXiv 1511.03416 (on its own questions)",
}
# Telling, as the authors report it for the model that they published (github.com/yukezhu/visual7w-qa-models).
PAPER = {"vqa": 54.1}


def made(name: str, world: World) -> Answerer:
    """An untrained answerer of this name."""
    torch.manual_seed(SEED)
    return Answerer(len(world.words), len(world.answers), SIGHTS[name])


def shipped(names: list[str], world: World, pictures: Pictures, data: Path, work: Path, split: str) -> None:
    """Write the slices and metrics.json of the exported answerers, and a table of all figures to WORK/questions/figures.md."""
    told = {name: answered(MODELS / name, world, pictures, split) for name in names}
    metrics = {}
    for name in names:
        write_slice(MODELS / name, MODELS / "caption-soft" / "slice.bin", world, data)
        metrics[name] = measured(name, told, world, split, PAPER.get(name))
        if SIGHTS[name] == "attention":
            metrics[name] += gaze_worth(MODELS, name, world, data)
        facts = {"title": TITLES[name]} | ABOUT | {"metrics": metrics[name]}
        (MODELS / name / "metrics.json").write_text(json.dumps(facts, indent=2) + "\n")
    text = f"{world.figures()}\n\n{table(metrics)}\n"
    (work / "questions").mkdir(exist_ok=True)
    (work / "questions" / "figures.md").write_text(text)
    print(text, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, choices=list(SIGHTS))
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--minutes", type=float, help="training time on one core, instead of the usual one")
    parser.add_argument("--figures", action="store_true")
    parser.add_argument("--train-only", action="store_true")
    parser.add_argument("--export-only", action="store_true")
    parser.add_argument("--checkpoint", type=Path, help="weights to export instead of WORK/NAME/last.pt")
    parser.add_argument("--split", choices=["dev", "test"], default="test", help="what metrics.json is measured on")
    args = parser.parse_args()
    torch.set_num_threads(1)
    args.work.mkdir(parents=True, exist_ok=True)
    world = World(args.data, args.work)
    if args.figures:
        print(world.figures())
        return
    shared_encoder(args.data, args.work)
    pictures = Pictures(args.data, args.work, len(vocabulary(args.data, args.work)))
    names = list(MINUTES) if args.name == "vqa" else [args.name]
    for name in names:
        net = made(name, world)
        if not args.export_only:
            Run(net, world, pictures, args.work / name, args.minutes or MINUTES[name]).train()
        if not args.train_only:
            path = args.checkpoint if args.checkpoint and name == args.name else args.work / name / "last.pt"
            net.load_state_dict(torch.load(path, weights_only=False)["average"])
            export(net, MODELS / name, world)
    if not args.train_only:
        shipped(names, world, pictures, args.data, args.work, args.split)


if __name__ == "__main__":
    main()

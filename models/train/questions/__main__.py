"""Trains, exports and measures the answerers: with attention, with the mean of the picture, and blind.

    ./build.sh train vqa --data DIR --work WORK

`--name` is vqa, vqa-pooled or vqa-blind; DIR holds `flickr8k/`, `daquar/` and `voc/`; WORK keeps cached features and checkpoints,
from which an interrupted run goes on. `--export-only --checkpoint F` exports and measures the weights in F.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from train.captions.encoder import shared_encoder
from train.common.paths import MODELS
from train.questions.data import World
from train.questions.export import Shipped, answered, export, pointed, write_slice
from train.questions.model import Answerer
from train.questions.training import SEED, Run

SIGHTS = {"vqa": "attention", "vqa-pooled": "pooled", "vqa-blind": "blind"}
MINUTES = {"vqa": 14, "vqa-pooled": 7, "vqa-blind": 5}
TITLES = {
    "vqa": "Questions, looking at every word",
    "vqa-pooled": "Questions, with the mean of the picture",
    "vqa-blind": "Questions, without the picture",
}
ABOUT = {
    "licence": "research and education",
    "data": "questions made from Flickr8k's captions, DAQUAR, boxes from PASCAL VOC 2012's masks: research use; weights only",
    "paper": "Zhu et al., Visual7W, CVPR 2016, arXiv 1511.03416 (on its own questions)",
}
# Telling, as the authors report it for the model that they published (github.com/yukezhu/visual7w-qa-models).
PAPER = {"vqa": 54.1}


def measured(name: str, world: World) -> list[dict]:
    """The metrics of a shipped answerer on the test questions."""
    shipped = Shipped(MODELS / name)
    openly, telling, known = answered(shipped, world.splits["test"])
    rooms, rooms_telling, rooms_known = answered(shipped, world.splits["rooms-test"])
    pointing = pointed(shipped, world, world.scenes, world.pointing["test"])
    count, boxes = len(world.splits["test"].photo), len(world.pointing["test"])
    made = "questions made from the captions of the official test photos (object, number, colour, doing)"
    rooms_count = len(world.splits["rooms-test"].photo)
    four = "the right answer among four, the others drawn from the answers to its kind of question, chance 25 %"
    shipped_files = "shipped ONNX files, from the encoder's features on"
    rows = [
        ("telling_accuracy", telling, f"Flickr8k test, {count} {made}", f"{four}; {known:.1f} % of the questions, those whose answer is in the vocabulary; {shipped_files}"),
        ("open_accuracy", openly, f"Flickr8k test, {count} {made}", f"the likeliest of all answers is right, answers outside the vocabulary count as wrong; {shipped_files}"),
        ("pointing_accuracy", pointing, f"PASCAL VOC photos held out, {boxes} questions", f"the right box among four, the others show other things or nothing, chance 25 %; {shipped_files}"),
        ("daquar_telling", rooms_telling, f"DAQUAR test, {rooms_count} questions with one answer", f"{four}; {rooms_known:.1f} % of the questions; {shipped_files}"),
        ("daquar_open", rooms, f"DAQUAR test, {rooms_count} questions with one answer", f"the likeliest of all answers is right; {shipped_files}"),
    ]
    figures = {"telling_accuracy": PAPER.get(name)}
    return [
        {"name": metric, "value": round(value, 1), "split": split, "paper": figures.get(metric), "protocol": protocol}
        for metric, value, split, protocol in rows
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, choices=list(SIGHTS))
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--minutes", type=float, help="training time on one core, instead of the usual one")
    parser.add_argument("--export-only", action="store_true")
    parser.add_argument("--checkpoint", type=Path, help="weights to export")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    args.work.mkdir(parents=True, exist_ok=True)
    encoder = shared_encoder(args.data, args.work)
    world = World(args.data, args.work, encoder)
    net = Answerer(len(world.words), len(world.answers), SIGHTS[args.name])
    if not args.export_only:
        Run(net, world, args.work / args.name, args.minutes or MINUTES[args.name]).train()
        args.checkpoint = args.work / args.name / "last.pt"
    elif args.checkpoint is None:
        parser.error("--export-only needs --checkpoint")
    net.load_state_dict(torch.load(args.checkpoint, weights_only=False)["average"])
    export(net, MODELS / args.name, world)
    write_slice(MODELS / args.name, MODELS / "caption-soft" / "slice.bin", world)
    facts = {"title": TITLES[args.name]} | ABOUT | {"metrics": measured(args.name, world)}
    (MODELS / args.name / "metrics.json").write_text(json.dumps(facts, indent=2) + "\n")
    print(json.dumps(facts["metrics"], indent=2), flush=True)


if __name__ == "__main__":
    main()

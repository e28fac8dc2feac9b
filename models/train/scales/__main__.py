"""Trains, exports and measures the segmenters that see a photo at three scales.

    ./build.sh train scale --data DIR --work WORK

DIR holds `voc/`; WORK keeps cached maps and a checkpoint for each way to merge the scales, from which an interrupted run goes on.
`--export-only` exports and measures those. The encoder is exported by saliency.py.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from train.common.paths import MODELS
from train.scales.export import export, miou, write_slice
from train.scales.model import MERGES, Segmenter
from train.scales.training import SEED, Run, World, fitted

NAME = "scale"
MINUTES = {"attention": 14, "average": 9, "max": 9, "single": 9}
SAMPLES = ["dog", "horse", "cat"]
MERGED = {
    "attention": ("miou", "scales weighed at every place by attention"),
    "average": ("miou_average", "mean of the three scales, trained so"),
    "max": ("miou_max", "greatest score of the three scales, trained so"),
    "single": ("miou_single", "scale 1 alone, trained so"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, choices=[NAME])
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--minutes", type=float, help="training time of each network on one core, instead of the usual one")
    parser.add_argument("--export-only", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    world, nets, folder = World(args.data, args.work), {}, MODELS / NAME
    for merge in MERGES:
        torch.manual_seed(SEED)
        net, work = Segmenter(merge), args.work / merge
        fitted(net, world)
        if not args.export_only:
            Run(net, world, work, args.minutes or MINUTES[merge]).train()
        net.load_state_dict(torch.load(work / "last.pt", weights_only=False)["average"])
        nets[merge] = net
    export(nets, folder, (args.data / "voc" / "classes.txt").read_text().split())
    write_slice(folder, MODELS.parent / "www" / "samples", SAMPLES)
    names = [world.names[i] for i in world.rows["test"].tolist()]
    facts = {
        "title": "Classes of pixels, seen at three scales",
        "licence": "research and education",
        "data": "PASCAL VOC 2012 (Everingham et al.), 21 classes: research use; weights only",
        "paper": "Chen et al., CVPR 2016, arXiv 1511.03339",
        "metrics": [
            {
                "name": metric,
                "value": round(miou(folder, merge, world.folder, names), 2),
                "n": len(names),
                "split": f"PASCAL VOC 2012, every tenth of the photos, {len(names)}",
                "paper": None,
                "protocol": f"mean intersection over union of 21 classes in percent, at the photos' own size; {how}; shipped ONNX files",
            }
            for merge, (metric, how) in MERGED.items()
        ],
    }
    (folder / "metrics.json").write_text(json.dumps(facts, indent=2) + "\n")
    print(json.dumps(facts["metrics"], indent=2), flush=True)


if __name__ == "__main__":
    main()

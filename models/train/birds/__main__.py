"""Trains, exports and measures the spatial transformers on birds.

    ./build.sh train stn-birds --data DIR --work WORK

DIR holds `cub20/`; WORK/stn-birds keeps cached maps and what has been trained of each fold. `--export-only` exports and measures that.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from train.birds.export import export, measured, write_slice
from train.birds.model import Locator, Teller
from train.birds.training import FOLDS, World, located, species_names, told
from train.common.figures import BINOMIAL, of_share
from train.common.paths import MODELS

NAME = "stn-birds"
SAMPLES = ["bunting", "towhee", "blackbird"]
# The table of section 4.3: two transformers at 448 pixels, and the network without one; all 200 species, the official split.
PHOTOS = 1185
PAPER = {"accuracy": 83.9, "accuracy_none": 82.3}
PROTOCOLS = {
    "accuracy": "percent of photos whose species has the greatest product of the three views' probabilities",
    "accuracy_none": "the same features without transformers: the whole photo alone",
    "accuracy_first": "the larger window alone",
    "accuracy_second": "the smaller window alone",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, choices=[NAME])
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--export-only", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    work, folder, nets = args.work / NAME, MODELS / NAME, []
    world = None if args.export_only else World(args.data, work)
    for fold in range(FOLDS):
        kept, locator, teller = work / f"fold-{fold}.pt", Locator(), Teller()
        if world and not kept.exists():
            locator = located(world, fold)
            teller = told(world, world.views(locator), fold)
            torch.save({"locator": locator.state_dict(), "teller": teller.state_dict()}, kept)
            print(f"fold {fold} is trained", flush=True)
        found = torch.load(kept, weights_only=True)
        locator.load_state_dict(found["locator"])
        teller.load_state_dict(found["teller"])
        nets.append((locator, teller))
    export(nets, folder, species_names(args.data))
    write_slice(folder, MODELS.parent / "www" / "samples", SAMPLES)
    facts = {
        "title": "Two spatial transformers on birds",
        "licence": "research and education",
        "data": "Caltech-UCSD Birds-200-2011 (Wah et al., 2011), 20 species: non-commercial research and education; weights only",
        "paper": "Jaderberg et al., NIPS 2015, arXiv 1506.02025, section 4.3",
        "metrics": [
            {
                "name": name,
                "value": round(value, 2),
                **of_share(value, PHOTOS),
                "split": f"the {PHOTOS:,} labelled photos of 20 species of CUB-200-2011, five folds: each photo by the files that have not seen it",
                "paper": PAPER.get(name),
                "protocol": f"{PROTOCOLS[name]}; shipped ONNX files, windows cut between them; {BINOMIAL}",
            }
            for name, value in measured(folder, args.data).items()
        ],
    }
    (folder / "metrics.json").write_text(json.dumps(facts, indent=2) + "\n")
    print(json.dumps(facts["metrics"], indent=2), flush=True)


if __name__ == "__main__":
    main()

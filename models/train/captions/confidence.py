"""How sure a captioner may be: the chance that its sentence is right, from the log-probability of the words.

    python -m train.captions.confidence caption-soft … --data DIR     fits it for the shipped files and enters it into metrics.json
                                                                      (run in models/; then train.common.manifest)

A sentence counts as right if at least `RIGHT` of its content words stand in one of the sentences that people wrote of the photo, in any
form. Platt scaling (Platt, 1999) maps m = log p / terms^`POWER` of a sentence, its end counting as a term, to
1 / (1 + exp(-(slope m + offset))), fitted by maximum likelihood on the dev photos of Flickr8k and of everyday photos, both sets weighing
the same. The page shows the greedy sentence at first, so that is what it is fitted on.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy import ndarray

from train.captions.corpus import judged
from train.captions.photos import every_photo
from train.captions.shipped import Captioner, encode
from train.common.paths import MODELS

RIGHT, OUTCOME = 0.5, "at least half right"
# Between the mean over the terms (1), in which every word of a short sentence weighs much, and their sum (0). Of these three it told right from
# wrong best on dev, over the four captioners trained on Flickr8k alone: ranking 0.704, against 0.698 and 0.700.
POWER = 0.5
# Below this chance the page says that the model is unsure: a sentence that is more likely wrong than right.
UNSURE_BELOW = 0.5
SETS = ("flickr8k", "coco")
FOLDS, SEED = 5, 2021
NEWTON_STEPS = 30
BINS = 10
# Words that say nothing of what is shown.
FUNCTION = set(
    "a an the this that these those some another other and or of in on at by with without to from into onto over under up down off out "
    "through across along around behind beside between near next front top back side is are was be being been has have having there "
    "it its his her their he she they him them who which while as for one".split()
)


def stem(word: str) -> str:
    """What a word's forms share, roughly: runs, running and run are one."""
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    word = word.removesuffix("e")
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def content(words: list[str]) -> set[str]:
    """The stems of a sentence's content words."""
    return {stem(w) for w in words if w not in FUNCTION}


def is_right(said: list[str], references: list[list[str]]) -> bool:
    """Whether at least `RIGHT` of the content words stand in a reference."""
    mine, theirs = content(said), set().union(*map(content, references))
    return bool(mine) and len(mine & theirs) >= RIGHT * len(mine)


def greedy(captioner: Captioner, seen: tuple[ndarray, ndarray]) -> tuple[list[str], float]:
    """The greedy sentence and its m."""
    (sentence,) = captioner.sentences(*seen, 1)
    return [captioner.words[i] for i in sentence.words], sentence.logp / sentence.terms**POWER


def platt(logp: ndarray, right: ndarray, weight: ndarray) -> ndarray:
    """[slope, offset] of the likeliest logistic map, by Newton's method; both classes get one case more (Platt's prior)."""
    target = np.where(right, (right.sum() + 1) / (right.sum() + 2), 1 / ((~right).sum() + 2))
    inputs, found = np.stack([logp, np.ones_like(logp)], 1), np.zeros(2)
    for _ in range(NEWTON_STEPS):
        chance = chances(found, logp)
        gradient = inputs.T @ (weight * (chance - target))
        curvature = (inputs * (weight * chance * (1 - chance))[:, None]).T @ inputs
        found = found - np.linalg.solve(curvature, gradient)
    return found


def chances(found: ndarray, logp: ndarray) -> ndarray:
    """The chance that a sentence of this m is right."""
    return 1 / (1 + np.exp(-(found[0] * logp + found[1])))


def calibration_error(chance: ndarray, right: ndarray, weight: ndarray) -> float:
    """Expected calibration error over `BINS` bins of as many cases each."""
    gaps = [
        abs(float((weight[part] * (chance[part] - right[part])).sum())) for part in np.array_split(chance.argsort(), BINS)
    ]
    return sum(gaps) / float(weight.sum())


def ranking(chance: ndarray, right: ndarray) -> float:
    """The share of pairs of a right and a wrong sentence in which the right one has the greater chance (AUROC)."""
    apart = chance[right][:, None] - chance[~right][None]
    return float((apart > 0).mean() + (apart == 0).mean() / 2)


class DevPhoto(NamedTuple):
    """What the encoder says of a dev photo, what people said of it, and how much it weighs."""

    seen: tuple[ndarray, ndarray]
    references: list[list[str]]
    weight: float


def dev_photos(models: Path, data: Path) -> list[DevPhoto]:
    """The dev photos of both sets."""
    photos, found = every_photo(data), []
    for source in SETS:
        numbers, references = judged(data, source, "dev")
        seen = encode(models, (photos[i].path(data) for i in numbers))
        found += [DevPhoto(*one, 1 / len(numbers)) for one in zip(seen, references, strict=True)]
    return found


def confidence(models: Path, name: str, photos: list[DevPhoto]) -> dict:
    """A captioner's `confidence`."""
    captioner, logp, right = Captioner(models, name), [], []
    for photo in photos:
        said, m = greedy(captioner, photo.seen)
        logp.append(m)
        right.append(is_right(said, photo.references))
    return fitted(np.array(logp), np.array(right), np.array([photo.weight for photo in photos]))


def fitted(logp: ndarray, right: ndarray, weight: ndarray) -> dict:
    """What the page computes the chance with, and how well it holds on photos that it was not fitted on (five folds)."""
    fold = np.random.default_rng(SEED).permutation(len(logp)) % FOLDS
    held = np.empty_like(logp)
    for k in range(FOLDS):
        held[fold == k] = chances(platt(logp[fold != k], right[fold != k], weight[fold != k]), logp[fold == k])
    slope, offset = platt(logp, right, weight).tolist()
    share = float((weight * right).sum() / weight.sum())
    return {
        "slope": round(slope, 4),
        "offset": round(offset, 4),
        "power": POWER,
        "unsure_below": UNSURE_BELOW,
        "outcome": OUTCOME,
        "n": len(logp),
        "right": round(share, 3),
        "unsure": round(float((weight * (held < UNSURE_BELOW)).sum() / weight.sum()), 3),
        "calibration_error": round(calibration_error(held, right, weight), 3),
        "ranking": round(ranking(held, right), 3),
        "protocol": (
            f"Fitted on {len(logp):,} photos that it did not learn from. A sentence counts as {OUTCOME} if at least {100 * RIGHT:.0f} % "
            "of its content words stand in what people wrote of the photo."
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", choices=["caption-soft", "caption-hard", "caption-semantic", "caption-none"])
    parser.add_argument("--data", required=True, type=Path)
    args = parser.parse_args()
    photos = dev_photos(MODELS, args.data)
    for name in args.names:
        path = MODELS / name / "metrics.json"
        facts = json.loads(path.read_text()) | {"confidence": confidence(MODELS, name, photos)}
        path.write_text(json.dumps(facts, indent=2) + "\n")
        print(name, json.dumps(facts["confidence"], indent=2), flush=True)


if __name__ == "__main__":
    main()

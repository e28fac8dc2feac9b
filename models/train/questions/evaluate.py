"""Measures the shipped answerers: how often each is right, by how much attention is better, and where it looks; each with n and its
standard error."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy import ndarray

from train.captions.masks import CLASSES
from train.captions.shipped import encode
from train.captions.trust import ON, bootstrap, scenes
from train.common.image_encoder import GRID, PLACES
from train.questions.asked import KINDS
from train.questions.data import Split, World, baselines
from train.questions.pictures import Pictures
from train.questions.scenes import NAMES, Pointing, laid
from train.questions.shipped import Shipped

FILES = "shipped ONNX files, from the encoder's features on"
MADE = "questions made by rule from captions and masks of photos that nothing was trained on"
FOUR = "the right one of four answers of the same form, none of which another caption supports; yes/no left out"
ASKED = ("what", "color", "is", "the")


@dataclass
class Answers:
    """What a shipped answerer did, a row a question: right among its choices (nan where it has none), right of all answers, right box."""

    among: dict[str, ndarray]
    openly: dict[str, ndarray]
    pointing: ndarray


def words_of(world: World, words: tuple[str, ...]) -> list[int]:
    """The ids of a question."""
    (ids,) = world.numbered([words])
    return ids[ids > 0].tolist()


class Asking:
    """Asks a shipped answerer; what is made of a photo before the first word is kept while the photo stays the same."""

    def __init__(self, shipped: Shipped, pictures: Pictures):
        self.shipped, self.pictures = shipped, pictures
        self.photo, self.begun = -1, {}

    def ask(self, photo: int, words: list[int]) -> dict[str, ndarray]:
        """What is told after the last word."""
        if photo != self.photo:
            seen = self.shipped.seen(self.pictures.plain([photo])) if self.shipped.sees else (None, None)
            self.photo, self.begun = photo, self.shipped.begun(*seen)
        return self.shipped.after(self.begun, words)

    def split(self, split: Split) -> tuple[ndarray, ndarray]:
        """(right among its choices, right of all answers) for each question."""
        among, openly = np.full(len(split.asked), np.nan), np.zeros(len(split.asked))
        for row in split.photo.argsort(stable=True).tolist():
            words, four = split.words[row], split.choices[row]
            logp = self.ask(int(split.photo[row]), words[words > 0].tolist())["logp"][0]
            openly[row] = int(logp.argmax()) == int(split.answer[row])
            if four[0] >= 0:
                among[row] = int(logp[four[four >= 0].numpy()].argmax()) == 0
        return among, openly

    def boxes(self, world: World, asked: list[Pointing]) -> ndarray:
        """Whether the right box is chosen."""
        right = np.zeros(len(asked))
        for row, one in enumerate(asked):
            inside, geometry = laid([one.boxes])
            told = self.ask(one.photo, words_of(world, one.words)) | {"boxes": inside.numpy(), "geometry": geometry.numpy()}
            right[row] = int(self.shipped.run("point", told)["scores"].argmax()) == 0
        return right


def answered(folder: Path, world: World, pictures: Pictures, split: str) -> Answers:
    """All questions of a split, asked of one shipped answerer."""
    asking = Asking(Shipped(folder), pictures)
    told = {part: asking.split(world.splits[part]) for part in (split, f"rooms-{split}")}
    return Answers(
        {part: among for part, (among, _) in told.items()},
        {part: openly for part, (_, openly) in told.items()},
        asking.boxes(world, world.pointing[split]),
    )


def row(name: str, values: ndarray, split: str, protocol: str, chance: float | None = None, paper: float | None = None) -> dict:
    """A share of right answers in percent, with its binomial standard error."""
    share, count = float(np.mean(values)), len(values)
    made = {"name": name, "value": round(100 * share, 1), "se": round(100 * (share * (1 - share) / count) ** 0.5, 2), "n": count}
    return made | ({"chance": chance} if chance is not None else {}) | {"split": split, "paper": paper, "protocol": protocol}


def difference(name: str, mine: ndarray, other: ndarray, photos: ndarray, split: str, protocol: str) -> dict:
    """By how many points of percent one network is right more often than another on the same questions; the standard error is paired,
    photos drawn anew."""
    apart = 100 * (mine - other)
    figures = {"name": name, "value": round(float(apart.mean()), 1), "se": round(bootstrap(apart, photos), 2), "n": len(apart)}
    how = f"{protocol}; difference on the same questions, standard error by bootstrap over photos, {FILES}"
    return figures | {"split": split, "paper": None, "protocol": how}


def measured(name: str, told: dict[str, Answers], world: World, split: str, paper: float | None) -> list[dict]:
    """The metrics of one answerer from what all of them did."""
    mine, others = told[name], {n.removeprefix("vqa-"): a for n, a in told.items() if n != name and name == "vqa"}
    part, rooms = world.splits[split], world.splits[f"rooms-{split}"]
    kinds, can = np.array(part.kinds), ~np.isnan(mine.among[split])
    four, binary = can & (kinds != "yesno"), can & (kinds == "yesno")
    photos, title = part.photo.numpy(), f"{split}, Flickr8k, COCO and VOC"
    rows = [row("telling_accuracy", mine.among[split][four], title, f"{MADE}; {FOUR}; {FILES}", 25.0, paper)]
    for kind in KINDS:
        at = four & (kinds == kind)
        if at.any():
            rows.append(row(f"telling_{kind}", mine.among[split][at], title, f"{FOUR}; questions of this kind; {FILES}", 25.0))
    prior = world.prior(split).numpy()
    rows += [
        row("yes_no_accuracy", mine.among[split][binary], title, f"as often yes as no for every question; {FILES}", 50.0),
        row("open_accuracy", mine.openly[split][kinds != "yesno"], title, f"{MADE}; the likeliest of {len(world.answers)} answers, unknown ones count as wrong; {FILES}"),
        row("frequency_prior", prior[four[can]], title, f"{FOUR}; choosing by how often training questions have the answer", 25.0),
    ]
    asked = world.pointing[split]
    title_voc = f"PASCAL VOC {split}, md5 of the name"
    boxes = f"the right one of four boxes of similar size; {FILES}"
    rows.append(row("pointing_accuracy", mine.pointing, title_voc, boxes, 25.0))
    for way, share in baselines(asked).items():
        right = np.repeat([1.0, 0.0], [round(share * len(asked)), len(asked) - round(share * len(asked))])
        rows.append(row(f"pointing_{way}", right, title_voc, f"choosing the {way} box" if way != "centre" else "choosing the box nearest to the middle", 25.0))
    can_rooms, title_rooms = ~np.isnan(mine.among[f"rooms-{split}"]), f"DAQUAR {split}, official lists of photos"
    rows += [
        row("daquar_telling", mine.among[f"rooms-{split}"][can_rooms], title_rooms, f"{FOUR}; {FILES}", 25.0),
        row("daquar_open", mine.openly[f"rooms-{split}"], title_rooms, f"questions with one answer; the likeliest of all answers; {FILES}"),
        row("daquar_frequency_prior", world.prior(f"rooms-{split}").numpy(), title_rooms, f"{FOUR}; choosing by how often training questions have the answer", 25.0),
    ]
    where = np.array([p.photo for p in asked])
    for other, they in others.items():
        if other == "blind":
            rows.append(row("word_prior", they.among[split][four], title, f"the same network trained without the photo; {FOUR}; {FILES}", 25.0))
        rows += [
            difference(f"telling_over_{other}", mine.among[split][four], they.among[split][four], photos[four], title, FOUR),
            difference(f"pointing_over_{other}", mine.pointing, they.pointing, where, title_voc, "the right one of four boxes of similar size"),
            difference(f"daquar_over_{other}", mine.among[f"rooms-{split}"][can_rooms], they.among[f"rooms-{split}"][can_rooms], rooms.photo.numpy()[can_rooms], title_rooms, FOUR),
        ]
    return rows


def gaze_worth(models: Path, name: str, world: World, data: Path) -> list[dict]:
    """gaze_pointing, gaze_gain and gaze_entropy at the last word of "what color is the …" (shared/gaze), each with n and se."""
    shipped, shown = Shipped(models / name), scenes(data)
    pointed, gain, entropy, chance = [], [], [], []
    for seen, (_, kind, share) in zip(encode(models, (s[0] for s in shown)), shown, strict=True):
        noun = next(n for n in NAMES[CLASSES[kind]].split() if n in world.word_number)
        alpha = shipped.read(*seen, words_of(world, (*ASKED, noun)))["own_alpha"][0]
        pointed.append(share[alpha.argmax()] >= ON)
        gain.append((alpha * share).sum() / share.mean())
        entropy.append(-(alpha * np.log2(np.maximum(alpha, 1e-12))).sum())
        chance.append((share >= ON).mean())
    each, part = np.arange(len(shown)), float(np.mean(pointed))
    how = f"last word of \"what color is the NOUN\", {len(shown)} held-out VOC photos with masks; the network's own weights of the {GRID} x {GRID} places"
    figures = {
        "gaze_pointing": (part, (part * (1 - part) / len(shown)) ** 0.5, float(np.mean(chance))),
        "gaze_gain": (float(np.mean(gain)), bootstrap(np.array(gain), each), 1.0),
        "gaze_entropy": (float(np.mean(entropy)), bootstrap(np.array(entropy), each), float(np.log2(PLACES))),
    }
    return [
        {"name": k, "value": round(v, 3), "se": round(se, 3), "n": len(shown), "chance": round(c, 3), "split": "VOC held-out", "protocol": how}
        for k, (v, se, c) in figures.items()
    ]


def table(metrics: dict[str, list[dict]]) -> str:
    """The metrics of all answerers as a table for the cards."""
    names = list(metrics)
    lines = [f"| figure (n) | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    order = dict.fromkeys(m["name"] for rows in metrics.values() for m in rows)
    for metric in order:
        found = [next((m for m in metrics[n] if m["name"] == metric), None) for n in names]
        count = next(m["n"] for m in found if m)
        cells = [f"{m['value']:.2f} ± {m['se']:.2f}" if m else "–" for m in found]
        lines.append(f"| {metric} ({count}) | {' | '.join(cells)} |")
    return "\n".join(lines)

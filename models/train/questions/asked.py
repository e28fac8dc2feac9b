"""Questions about photos: made from captions by the recipe of COCO-QA (Ren, Kiros, Zemel, NIPS 2015), and those of DAQUAR.

Four kinds come from Flickr8k's captions: object ("what is the dog playing with ?"), number, colour and what somebody is doing. A
question that several captions of a photo answer gets the answer most of them give.
"""

from __future__ import annotations

import csv
import random
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

from train.captions.photos import captions, every_photo

COLOURS = {c: c for c in "white black brown red blue green yellow orange pink purple gray tan".split()}
COLOURS |= {"grey": "gray", "blond": "blond", "blonde": "blond"}
NUMBERS = {"two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
ONE = "man boy woman girl child dog person kid lady guy baby player skateboarder surfer toddler cat horse rider biker athlete".split()
MANY = "dogs people men women children boys girls kids players adults".split()
THINGS = (
    "ball shirt water grass field street snow jacket beach bike hat wall building rock toy hill ocean road shorts bicycle "
    "helmet lake pool tree fence skateboard jeans stick dress uniform yard suit track ramp car river cap bench forest collar "
    "cliff football rope sunglasses wave boat sand mountain park frisbee leash sweater coat guitar horse bird swing slide "
    "trampoline surfboard snowboard kayak umbrella bag backpack sidewalk crowd city stage table motorcycle truck bus train "
    "basketball racket bat soccer wood woods path trail dirt couch chair bed floor window door sign camera cigarette phone "
    "book drink food hill steps stairs rail bridge puddle stream mud sprinkler fountain playground gym court pole log tunnel "
    "hoop net scooter sled skis rope bottle costume mask glasses bikini swimsuit scarf gloves vest hoodie outfit dog cat face "
    "hair shore rocks leaves flowers"
).split()
PLACES = {"in", "on", "with", "through", "at", "over", "into", "down", "up", "across", "along", "by", "near"}
BETWEEN = {"a", "an", "the", "his", "her", "their", "its", "some", "large", "small", "big", "little", "young", "old"} | set(COLOURS)
NOT_DOING = {"wearing", "clothing", "building", "during", "morning", "evening", "king", "ring", "railing", "ceiling", "string", "thing", "something"}
MOST = {"object": 900, "number": 1200, "color": 900, "doing": 900}
KINDS = ("object", "number", "color", "doing")


class Question(NamedTuple):
    """`photo` is a file's stem, `words` the question without its mark, `kind` one of `KINDS`."""

    photo: str
    words: tuple[str, ...]
    answer: str
    kind: str


def object_at(words: list[str], at: int) -> str | None:
    """The thing named from place `at` on, over articles and adjectives."""
    for word in words[at : at + 4]:
        if word in THINGS:
            return word
        if word not in BETWEEN:
            return None
    return None


def asked(caption: list[str]) -> list[tuple[str, str, str]]:
    """(question, answer, kind) for one caption."""
    found, subject = [], None
    for i, word in enumerate(caption):
        after = caption[i + 1] if i + 1 < len(caption) else ""
        if word in COLOURS and after in (*THINGS, *ONE):
            found.append((f"what color is the {after}", COLOURS[word], "color"))
        if word in NUMBERS:
            plural = next((w for w in caption[i + 1 : i + 4] if w in MANY), None)
            if plural:
                found.append((f"how many {plural} are there", NUMBERS[word], "number"))
        if subject is None and word in (*ONE, *MANY):
            subject = word
        if subject is None:
            continue
        be = "are" if subject in MANY else "is"
        if word == "wearing" and (thing := object_at(caption, i + 1)):
            found.append((f"what {be} the {subject} wearing", thing, "object"))
        if not word.endswith("ing") or word in NOT_DOING or len(word) < 6:
            continue
        before = caption[max(0, i - 2) : i]
        if subject in before:
            found.append((f"what {be} the {subject} doing", word, "doing"))
            if subject in ONE:
                found.append((f"who is {word}", subject, "object"))
        if after in PLACES and (thing := object_at(caption, i + 2)):
            found.append((f"what {be} the {subject} {word} {after}", thing, "object"))
        elif thing := object_at(caption, i + 1):
            found.append((f"what {be} the {subject} {word}", thing, "object"))
    return found


def flickr(data: Path, split: str) -> list[Question]:
    """The questions of a split, no answer of a kind more often than `MOST` (of 6,000 photos; in proportion on the others)."""
    said = captions(data)
    names = [p.name for p in every_photo(data) if (p.source, p.split) == ("flickr8k", split)]
    made = []
    for name in names:
        answers: dict[tuple[str, str], Counter] = defaultdict(Counter)
        for caption in said["flickr8k", name]:
            for question, answer, kind in sorted(set(asked(caption))):
                answers[question, kind][answer] += 1
        for (question, kind), counts in answers.items():
            made.append(Question(name, tuple(question.split()), counts.most_common(1)[0][0], kind))
    chance, counts, kept = random.Random(7), Counter(), []
    chance.shuffle(made)
    for question in made:
        key = question.kind, question.answer
        if counts[key] < MOST[question.kind] * len(names) / 6000:
            counts[key] += 1
            kept.append(question)
    return kept


def daquar(folder: Path, split: str) -> list[Question]:
    """DAQUAR's questions with one answer, of the split "train" or "eval"."""
    made = []
    with (folder / "qa" / f"data_{split}.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            words, answer = row["question"].replace("?", "").split(), row["answer"].strip()
            if "," in answer or not words:
                continue
            number = words[:2] == ["how", "many"]
            kind = "number" if number else "color" if {"color", "colour"} & set(words) else "object"
            made.append(Question(row["image_id"], tuple(words), answer, kind))
    return made


def choices(questions: list[Question], pool: list[Question], seed: int) -> list[tuple[str, ...]]:
    """Four answers for each question, the right one first; the others are given to questions of the kind, the more often
    given the likelier, as people's wrong answers in Visual7W are likely ones."""
    counts: dict[str, Counter] = defaultdict(Counter)
    for question in pool:
        counts[question.kind][question.answer] += 1
    chance, made = random.Random(seed), []
    for question in questions:
        names = [a for a in counts[question.kind] if a != question.answer]
        weights = [counts[question.kind][a] ** 0.75 for a in names]
        others: list[str] = []
        while len(others) < 3:
            other = chance.choices(names, weights)[0]
            if other not in others:
                others.append(other)
        made.append((question.answer, *others))
    return made

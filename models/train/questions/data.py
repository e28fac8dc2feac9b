"""All that is asked: questions from captions and masks, DAQUAR's, and boxes, as tensors; the two vocabularies."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from train.captions.duplicates import learned
from train.captions.photos import Photo, captions, every_photo, tokenize
from train.questions.asked import KINDS, Question, Rules, alternatives
from train.questions.balance import CHOICES, Frequencies, balanced, choices, evened, prior_right, share_balanced
from train.questions.lexicon import nouns
from train.questions.rooms import rooms
from train.questions.scenes import (
    LOOKING,
    NAMES,
    POINTING,
    Pointing,
    asked_of,
    closest,
    extent,
    looked_at,
    off_centre,
    pointings,
    scenes,
)

RAREST_WORD = 3
RAREST_ANSWER = 6
LONGEST = 20
# The vocabulary is filled to so many words with those that captions have most often.
WORDS = 1800
SPECIAL = ["<pad>", "<unk>"]
# Of the training questions that find no partner with another answer, the share that is kept.
ALONE = 0.15
SPLITS = ("train", "dev", "test")
SEED = 11


@dataclass
class Asked:
    """The questions of every split by where they come from, before they are numbered."""

    photos: dict[str, list[Question]]
    rooms: dict[str, list[Question]]
    pointing: dict[str, list[Pointing]]
    looking: dict[int, list[str]]
    said: dict[str, dict[int, list[list[str]]]]
    rules: Rules


def caption_photos(data: Path, work: Path) -> dict[str, dict[int, list[list[str]]]]:
    """The captions of the photos of Flickr8k and COCO, by split and number."""
    said, found = captions(data), {split: {} for split in SPLITS}
    held_out = [(i, p) for i, p in enumerate(every_photo(data)) if p.split != "train" and p.source in ("flickr8k", "coco")]
    for number, photo in learned(data, work) + held_out:
        if (photo.source, photo.name) in said:
            found[photo.split][number] = said[photo.source, photo.name]
    return found


def voc_photos(data: Path, work: Path, split: str) -> list[tuple[int, Photo]]:
    """VOC's photos of a split, the training ones without near copies."""
    pool = learned(data, work) if split == "train" else list(enumerate(every_photo(data)))
    return [(i, p) for i, p in pool if p.source == "voc" and p.split == split]


def ask(data: Path, work: Path) -> Asked:
    """All questions."""
    by_split = caption_photos(data, work)
    rules = Rules(nouns(caption for said in by_split["train"].values() for caption in said))
    photos, pointing, looking = {}, {}, {}
    for split in SPLITS:
        chance = random.Random(SEED + SPLITS.index(split))
        shown = scenes(data, voc_photos(data, work, split))
        of_captions = [q for number, said in by_split[split].items() for q in rules.asked(number, said)]
        of_masks = asked_of(shown, chance)
        made = of_captions + [q for q in of_masks if q.kind != "yesno"]
        photos[split] = balanced(made, chance, ALONE if split == "train" else 0)
        photos[split] += alternatives(by_split[split], rules.nouns, of_captions, split, chance)
        photos[split] += [q for q in of_masks if q.kind == "yesno"]
        pointing[split] = pointings(shown, chance)
        looking |= looked_at(shown) if split == "train" else {}
    first = len(every_photo(data))
    return Asked(photos, rooms(data, work, first), pointing, looking, by_split, rules)


def word_counts(asked: Asked) -> Counter:
    """How often the training questions have a word."""
    counts = Counter(w for q in asked.photos["train"] + asked.rooms["train"] for w in q.words)
    counts.update(w for p in asked.pointing["train"] for w in p.words)
    counts.update({w: RAREST_WORD for t in LOOKING + POINTING for w in t.split() if w != "{}"})
    counts.update({w: RAREST_WORD for names in NAMES.values() for w in names.split()})
    return counts


def spoken(data: Path, asked: Asked) -> Iterator[list[str]]:
    """The captions of the training photos, and those of coco-text where it is unpacked."""
    for said in asked.said["train"].values():
        yield from said
    text = data / "coco-text" / "captions.tsv"
    if text.exists():
        yield from (tokenize(line.split("\t")[-1]) for line in text.read_text().splitlines())


def vocabulary(data: Path, asked: Asked) -> list[str]:
    """The words of the training questions, the most frequent first, then those of captions; the marks before them."""
    counts = word_counts(asked)
    filling = Counter(w for caption in spoken(data, asked) for w in caption)
    own = sorted((w for w, n in counts.items() if n >= RAREST_WORD), key=lambda w: (-counts[w], w))
    known = set(own)
    more = sorted((w for w in filling if w not in known and w.isalpha() and len(w) > 2), key=lambda w: (-filling[w], w))
    return SPECIAL + own + more[: max(0, WORDS - len(own))]


@dataclass
class Split:
    """The questions of a split: the numbers of their photos, words [N, LONGEST], answer [N] (-1 where it is none of those known),
    choices [N, 4] (-1 where there is none), kinds."""

    asked: list[Question]
    photo: Tensor
    words: Tensor
    answer: Tensor
    choices: Tensor
    kinds: list[str]


class World:
    """All questions as numbers."""

    def __init__(self, data: Path, work: Path):
        self.data, self.asked = data, ask(data, work)
        self.words = vocabulary(data, self.asked)
        train = self.asked.photos["train"] + self.asked.rooms["train"]
        answers = Counter(q.answer for q in train)
        self.answers = sorted(a for a, n in answers.items() if n >= RAREST_ANSWER)
        self.word_number = {w: i for i, w in enumerate(self.words)}
        self.answer_number = {a: i for i, a in enumerate(self.answers)}
        self.pointing, self.looking = self.asked.pointing, self.asked.looking
        self.pools = {part: self.pool(getattr(self.asked, part)["train"]) for part in ("photos", "rooms")}
        self.splits = {s: self.split(self.asked.photos[s], "photos", s == "train") for s in SPLITS}
        self.splits |= {f"rooms-{s}": self.split(self.asked.rooms[s], "rooms", s == "train") for s in SPLITS}

    def pool(self, asked: list[Question]) -> Frequencies:
        """How often each known answer is given in training."""
        return Frequencies([q for q in asked if q.answer in self.answer_number])

    def split(self, asked: list[Question], pool: str, inside: bool) -> Split:
        """The questions that are kept, with their choices; `inside` are those of training."""
        four = self.four(asked, pool, inside)
        kept = set(evened(asked, four, self.pools[pool], 6, inside))
        if pool == "rooms":
            # All are asked for an open answer; DAQUAR's own questions are not thinned.
            return self.numbers(asked, [names if i in kept else names[:1] for i, names in enumerate(four)])
        kept |= {i for i, names in enumerate(four) if len(names) == 1}
        return self.numbers([asked[i] for i in sorted(kept)], [four[i] for i in sorted(kept)])

    def four(self, asked: list[Question], pool: str, inside: bool = False) -> list[tuple[str, ...]]:
        """The choices of questions; none but the right one where that is no known answer."""
        found = choices(asked, self.pools[pool], 5, inside)
        return [names if names[0] in self.answer_number else names[:1] for names in found]

    def numbers(self, asked: list[Question], four: list[tuple[str, ...]]) -> Split:
        """Questions and choices as tensors."""
        chosen = torch.full((len(asked), CHOICES), -1)
        for row, names in zip(chosen, four, strict=True):
            ids = [self.answer_number.get(a, -1) for a in names]
            if len(ids) > 1 and -1 not in ids:
                row[: len(ids)] = torch.tensor(ids)
        return Split(
            asked,
            torch.tensor([q.photo for q in asked]),
            self.numbered([q.words for q in asked]),
            torch.tensor([self.answer_number.get(q.answer, -1) for q in asked]),
            chosen,
            [q.kind for q in asked],
        )

    def numbered(self, questions: list[tuple[str, ...]]) -> Tensor:
        """Questions as ids [B, LONGEST], zeros behind their end."""
        made = torch.zeros(len(questions), LONGEST, dtype=torch.long)
        for row, words in zip(made, questions, strict=True):
            ids = [self.word_number.get(w, 1) for w in words[:LONGEST]]
            row[: len(ids)] = torch.tensor(ids)
        return made

    def about(self, photos: list[int]) -> Split:
        """All questions that the rules make about some photos, with known words and answers: for the slice that the tests read."""
        made = [q for n in photos for q in self.asked.rules.asked(n, self.asked.said["dev"][n])]
        made = [q for q in made if q.answer in self.answer_number and all(w in self.word_number for w in q.words)]
        four = self.four(made, "photos")
        kept = [i for i, names in enumerate(four) if len(names) == CHOICES]
        return self.numbers([made[i] for i in kept], [four[i] for i in kept])

    def prior(self, split: str) -> Tensor:
        """Whether choosing by answer frequency alone is right, for the questions of a split that have choices (a half where two are
        equally frequent)."""
        part = self.splits[split]
        pool = self.pools["rooms" if split.startswith("rooms") else "photos"]
        rows = torch.nonzero(part.choices[:, 0] >= 0).flatten().tolist()
        four = [tuple(self.answers[c] for c in part.choices[i].tolist() if c >= 0) for i in rows]
        return torch.tensor(prior_right([part.asked[i] for i in rows], four, pool, split.endswith("train")))

    def figures(self) -> str:
        """The question sets in numbers, for the card."""
        lines = [f"words {len(self.words)} (of the questions {sum(n >= RAREST_WORD for n in word_counts(self.asked).values())}), answers {len(self.answers)}"]
        for name, part in self.splits.items():
            counts = Counter(part.kinds)
            prior, can = self.prior(name), part.choices[:, 0] >= 0
            kinds = [k for k, there in zip(part.kinds, can.tolist(), strict=True) if there]
            told = []
            for kind in KINDS:
                rows = [i for i, k in enumerate(kinds) if k == kind]
                if counts[kind]:
                    told.append(f"{kind} {counts[kind]} (choices {len(rows)}, prior {100 * prior[rows].mean():.1f} %)")
            four = torch.tensor([k != "yesno" for k in kinds])
            lines.append(
                f"{name}: {len(part.asked)} questions about {len(set(part.photo.tolist()))} photos, {100 * share_balanced(part.asked):.1f} % balanced; "
                f"prior on four choices {100 * prior[four].mean():.1f} % of {int(four.sum())}; {'; '.join(told)}"
            )
        for split, part in self.pointing.items():
            lines.append(f"pointing {split}: {len(part)} questions; {json.dumps({k: round(v, 3) for k, v in baselines(part).items()})}")
        lines.append(f"photos whose gaze is taught by people's masks: {len(self.looking)}")
        return "\n".join(lines)


def baselines(asked: list[Pointing]) -> dict[str, float]:
    """The share of right boxes when the largest, the smallest, or the one nearest to the middle is chosen."""
    ways = {"largest": lambda b: -extent(b), "smallest": extent, "centre": off_centre}
    return {name: sum(closest(p, way) == 0 for p in asked) / max(1, len(asked)) for name, way in ways.items()}

"""Captions as numbers: the vocabulary of both caption sets, and which captions train, by photo."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import torch
from torch import Tensor

from train.captions.duplicates import learned
from train.captions.model import words_of
from train.captions.photos import captions, every_photo
from train.common.beam_search import END, PAD, START, UNK

SPECIAL = ["<pad>", "<start>", "<end>", "<unk>"]
RAREST = 5
LONGEST = 20
# How much more often a photo of this set is drawn than one of Flickr8k.
DRAWN = {"flickr8k": 1.0, "coco": 2.0}


def vocabulary(data: Path, work: Path) -> list[str]:
    """The words that occur at least five times in the training captions of both sets, after the four special tokens."""
    said = captions(data)
    counts = Counter(w for _, p in learned(data, work) for caption in said.get((p.source, p.name), []) for w in caption)
    return SPECIAL + sorted(w for w, n in counts.items() if n >= RAREST)


class Captions:
    """The training photos that have captions, and their captions as ids.

    `photo` [P] numbers of `every_photo`, `weight` [P] how often each is drawn, `first` [P] and `count` [P] its rows in `tokens`
    [N, LONGEST + 2]; `length` [N] words.
    """

    def __init__(self, data: Path, work: Path, words: list[str]):
        number = {w: i for i, w in enumerate(words)}
        said = captions(data)
        photo, weight, count, tokens, length = [], [], [], [], []
        for at, one in learned(data, work):
            mine = [c[:LONGEST] for c in said.get((one.source, one.name), [])]
            if not mine:
                continue
            photo.append(at)
            weight.append(DRAWN[one.source])
            count.append(len(mine))
            for caption in mine:
                ids = [START, *(number.get(w, UNK) for w in caption), END]
                tokens.append(ids + [PAD] * (LONGEST + 2 - len(ids)))
                length.append(len(caption))
        self.photo, self.weight = torch.tensor(photo), torch.tensor(weight)
        self.count, self.tokens, self.length = torch.tensor(count), torch.tensor(tokens), torch.tensor(length)
        self.first = self.count.cumsum(0) - self.count

    def drawn(self, captions_each: int, total: int, random: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Photos with at most `captions_each` captions each, about `total` captions in all.

        Returns the photos [B] (numbers of `every_photo`), which of the B each caption is of [K], and the captions [K, T + 1], the longest
        first.
        """
        draws = torch.multinomial(self.weight, total, generator=random)
        counts = self.count[draws].clamp_max(captions_each)
        draws = draws[: int((counts.cumsum(0) <= total).sum())]
        rows, owner = [], []
        for place, one in enumerate(draws.tolist()):
            chosen = torch.randperm(int(self.count[one]), generator=random)[:captions_each]
            rows.append(self.first[one] + chosen)
            owner += [place] * len(chosen)
        rows = torch.cat(rows)
        order = self.length[rows].argsort(descending=True)
        rows = rows[order]
        return self.photo[draws], torch.tensor(owner)[order], self.tokens[rows, : int(self.length[rows[0]]) + 2]


def taught(tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """What a captioner is given and what it is to say, of captions [B, T + 1] sorted by length.

    The words given [B, T], `PAD` from a caption's end on; the next words [B, T]; and the next words [N] in the order of the captioners'
    packed logits, `PAD` where they are unknown ones, which nothing is learnt from.
    """
    said = tokens[:, 1:]
    given = tokens[:, :-1].masked_fill(said == PAD, PAD)
    return given, said, words_of(said.masked_fill(said == UNK, PAD), said != PAD)


def judged(data: Path, source: str, split: str, least: int = 4) -> tuple[list[int], list[list[list[str]]]]:
    """The photos of a split that have at least `least` captions, by number, and their captions."""
    said = captions(data)
    found = [
        (i, said[p.source, p.name])
        for i, p in enumerate(every_photo(data))
        if p.source == source and p.split == split and len(said.get((p.source, p.name), [])) >= least
    ]
    return [i for i, _ in found], [refs for _, refs in found]

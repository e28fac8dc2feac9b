"""English and French for the translators: sentences, and subword pieces by byte-pair encoding (Sennrich et al., 2016).

How a text becomes pieces, so that another program can do the same: it is cut at white space; each group is cut into runs of
letters, runs of digits, and other characters one by one; "▁" goes before what begins a group; then, within each of
these words, the neighbours whose merge was learned first are merged, everywhere, until nothing is left to merge.
"""

from __future__ import annotations

import functools
import gzip
import json
import random
import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

PAD, START, END = range(3)
SPACE = "▁"
# What stands for a word that is copied, after a space and after none.
COPIES = [f"{SPACE}<copy>", "<copy>"]
SPECIAL = ["<pad>", "<start>", "<end>", *COPIES]
PIECES = 5500
VARIANTS = 12
Pair = tuple[str, str]

# src/exhibits/words/normalise.rs holds the same table: the page and the training must read alike.
LOOKS_LIKE = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4`\u02bc", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | {"\u2044": "/"}
)


def is_invisible(character: str) -> bool:
    """Controls that are no space, the soft hyphen, and what joins or directs without being seen."""
    return bool(re.match("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]", character)) or (
        unicodedata.category(character) == "Cc" and not character.isspace()
    )


def normalised(text: str) -> str:
    """English as the page gives it to a model: NFKC, straight quotes, plain dashes and spaces, nothing invisible."""
    text = unicodedata.normalize("NFKC", text.translate(LOOKS_LIKE)).translate(LOOKS_LIKE)
    return " ".join("".join(c for c in text if not is_invisible(c)).split())


def clean(text: str) -> str:
    """French: composed characters, plain spaces and straight apostrophes."""
    text = unicodedata.normalize("NFC", text).replace("\u200b", "").replace("\u2019", "'")
    return " ".join(text.split())


def multi30k(folder: Path, split: str) -> list[Pair]:
    """Pairs of the official split "train", "dev" or "test" (test2016)."""
    stem = {"train": "train", "dev": "val", "test": "test_2016_flickr"}[split]
    sides = (gzip.open(folder / "multi30k" / f"{stem}.{side}.gz", "rt", encoding="utf-8").read() for side in ("en", "fr"))
    return [(normalised(a), clean(b)) for a, b in zip(*(s.splitlines() for s in sides), strict=True)]


def tatoeba(folder: Path) -> tuple[list[Pair], list[Pair]]:
    """Pairs to train on, and every 500th English sentence with its translations, held out for the tests of the page."""
    with gzip.open(folder / "fra.txt.gz", "rt", encoding="utf-8") as file:
        pairs = [(normalised(a), clean(b)) for a, b in (line.rstrip("\n").split("\t")[:2] for line in file)]
    train, held = [], []
    for i, (_, same) in enumerate(groupby(sorted(pairs), key=lambda pair: pair[0])):
        (held if i % 500 == 0 else train).extend(same)
    return train, held


def kind(character: str) -> int:
    return 1 if character.isalpha() else 2 if character.isnumeric() else 0


def words_of_group(group: str) -> list[str]:
    """Of a group without white space, what merges may not cross."""
    parts = []
    for sort, run in groupby(group, kind):
        parts += ["".join(run)] if sort else list(run)
    return [SPACE + parts[0], *parts[1:]]


def words(text: str) -> list[str]:
    """What merges may not cross."""
    return [word for group in text.split() for word in words_of_group(group)]


class Pieces:
    """A vocabulary of pieces with the merges that make them."""

    def __init__(self, names: list[str], merges: list[Pair]):
        self.names, self.merges = names, merges
        self.ids = {name: i for i, name in enumerate(names)}
        self.ranks = {pair: rank for rank, pair in enumerate(merges)}
        self.split_word = functools.lru_cache(maxsize=200_000)(self.merged)
        self.variants: dict[str, list[tuple[int, ...]]] = {}

    @classmethod
    def learn(cls, texts: Iterable[str]) -> Pieces:
        """From the training texts of both languages; a character seen fewer than three times gets no piece."""
        learner = Tokenizer(models.BPE())
        learner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        trainer = trainers.BpeTrainer(vocab_size=PIECES, min_frequency=3, special_tokens=[], limit_alphabet=120, show_progress=False)
        learner.train_from_iterator((" ".join(words(text)) for text in texts), trainer)
        made = json.loads(learner.to_str())["model"]
        merges = [tuple(m.split(" ")) if isinstance(m, str) else tuple(m) for m in made["merges"]]
        return cls(SPECIAL + sorted(made["vocab"], key=made["vocab"].get), merges)

    @classmethod
    def load(cls, folder: Path) -> Pieces:
        names = (folder / "vocabulary.txt").read_text(encoding="utf-8").split("\n")[:-1]
        merges = (folder / "merges.txt").read_text(encoding="utf-8").split("\n")[:-1]
        return cls(names, [tuple(m.split(" ")) for m in merges])

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "vocabulary.txt").write_text("\n".join(self.names) + "\n", encoding="utf-8")
        (folder / "merges.txt").write_text("".join(f"{a} {b}\n" for a, b in self.merges), encoding="utf-8")

    def can_read(self, word: str) -> bool:
        """Whether every character has a piece."""
        return all(c in self.ids for c in word)

    def merged(self, word: str, chance: random.Random | None = None, dropped: float = 0.0) -> tuple[int, ...]:
        """Ids of a word's pieces; characters without one are left out. Each merge is passed over with the probability `dropped`."""
        parts = list(word)
        while len(parts) > 1:
            ranked = ((self.ranks.get(p, len(self.ranks)), p) for p in zip(parts, parts[1:], strict=False))
            left = [r for r in ranked if r[0] < len(self.ranks) and not (chance and chance.random() < dropped)]
            if not left:
                break
            _, pair = min(left)
            joined, i = [], 0
            while i < len(parts):
                both = tuple(parts[i : i + 2]) == pair
                joined.append("".join(pair) if both else parts[i])
                i += 1 + both
            parts = joined
        return tuple(self.ids[p] for p in parts if p in self.ids)

    def sampled(self, word: str, chance: random.Random, dropped: float) -> tuple[int, ...]:
        """A word's pieces by one of a few draws of BPE-dropout (Provilkov et al., ACL 2020)."""
        kept = self.variants.setdefault(word, [])
        if len(kept) < VARIANTS:
            kept.append(self.merged(word, chance, dropped))
            return kept[-1]
        return chance.choice(kept)

    def join(self, ids: Iterable[int], copied: Iterable[str] = ()) -> str:
        """The text of pieces; each that stands for a copied word becomes the next of `copied`."""
        given = iter(copied)
        names = (self.names[i] for i in ids)
        filled = (n.replace("<copy>", next(given, "")) if n in COPIES else n for n in names)
        return re.sub(rf"{SPACE}+", " ", "".join(filled)).strip()

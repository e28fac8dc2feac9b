"""Captions of COCO with one thing hidden, as numbers, split by photo."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

# What COCO calls its things (Lin et al., ECCV 2014), where that is one word and at least 100 captions use it.
THINGS = (
    "airplane apple backpack banana bear bed bench bicycle bird boat book bottle bowl broccoli bus cake car cat chair clock couch cow cup dog donut "
    "elephant fork frisbee giraffe horse keyboard kite knife laptop microwave motorcycle mouse orange oven person pizza refrigerator remote sandwich "
    "scissors sheep sink skateboard skis snowboard spoon suitcase surfboard tie toilet toothbrush train truck tv umbrella vase zebra"
).split()
PAD, CLASS, UNKNOWN, HIDDEN = range(4)
SPECIAL = ["[PAD]", "[CLS]", "[UNK]", "[MASK]"]
# A word of the vocabulary occurs so often in the training captions.
RAREST = 10
# Tokens that the network reads: the class token and so many words; longer sentences are cut.
LENGTH = 24
# Percent of the photos, by the MD5 of their number.
DEV, TEST = 5, 10


def words(text: str) -> list[str]:
    """Words and marks, as the tokenizer of tokenizer.json parts them."""
    return re.findall(r"\w+|[^\w\s]+", text.lower())


@dataclass
class Sentence:
    """Words of which those that name thing `thing` are hidden, as `HIDDEN`."""

    split: str
    words: list[str]
    thing: int


def split_of(photo: str) -> str:
    """The part that all captions of a photo belong to."""
    share = int(hashlib.md5(photo.encode()).hexdigest(), 16) % 100
    return "dev" if share < DEV else "test" if share < TEST else "train"


def sentences(data: Path) -> list[Sentence]:
    """Each caption once for each thing it names; a held-out sentence that also stands in the training captions is left out."""
    number = {name: i for i, name in enumerate(THINGS)}
    found, trained = [], set()
    for line in (data / "coco-text" / "captions.tsv").read_text().splitlines():
        photo, text = line.split("\t")
        said = words(text)[: LENGTH - 1]
        for name in sorted(set(said) & set(number)):
            hidden = [SPECIAL[HIDDEN] if word == name else word for word in said]
            found.append(Sentence(split_of(photo), hidden, number[name]))
            if found[-1].split == "train":
                trained.add((name, *hidden))
    return [s for s in found if s.split == "train" or (THINGS[s.thing], *s.words) not in trained]


def vocabulary(known: list[Sentence]) -> list[str]:
    """The special tokens, then the words of the training sentences by the alphabet."""
    counts = Counter(word for s in known if s.split == "train" for word in s.words if word not in SPECIAL)
    return SPECIAL + sorted({word for word, n in counts.items() if n >= RAREST} | set(THINGS))


def numbers(said: list[str], ids: dict[str, int]) -> list[int]:
    """The class token, the words, and padding: `LENGTH` numbers."""
    row = [CLASS, *(ids.get(word, UNKNOWN) for word in said)][:LENGTH]
    return row + [PAD] * (LENGTH - len(row))


def tensors(known: list[Sentence], split: str, ids: dict[str, int]) -> tuple[Tensor, Tensor]:
    """Tokens [N, 24] and things [N] of a part."""
    mine = [s for s in known if s.split == split]
    return torch.tensor([numbers(s.words, ids) for s in mine]), torch.tensor([s.thing for s in mine])


def write_tokenizer(path: Path, known: list[str]) -> None:
    """The vocabulary as the file that the `tokenizers` library reads: lower case, words and marks, the class token before them."""
    added = [
        {"id": i, "content": SPECIAL[i], "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
        for i in range(len(SPECIAL))
    ]
    first = {"SpecialToken": {"id": SPECIAL[CLASS], "type_id": 0}}
    pieces = [{"Sequence": {"id": name, "type_id": i}} for i, name in enumerate("AB")]
    made = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [first, pieces[0]],
            "pair": [first, *pieces],
            "special_tokens": {SPECIAL[CLASS]: {"id": SPECIAL[CLASS], "ids": [CLASS], "tokens": [SPECIAL[CLASS]]}},
        },
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": {word: i for i, word in enumerate(known)}, "unk_token": SPECIAL[UNKNOWN]},
    }
    path.write_text(json.dumps(made, ensure_ascii=False, indent=0) + "\n")

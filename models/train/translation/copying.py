"""Words that are copied rather than translated: names, numbers and unknown words, as a placeholder on both sides.

Luong et al. (ACL 2015) and Jean et al. (ACL 2015) let a translator say "unknown" and put the source word it looked at in its
place. That works as far as the translator was trained to say so: here such words become the piece `<copy>` on the
English side, and on the French side where the same word stands there.
"""

from __future__ import annotations

import functools
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from train.translation.text import COPIES, END, SPACE, START, Pair, Pieces, kind, words_of_group

# English words seen less often than this are unknown, and so are names seen less often than NAMES that stay as they are in French.
KNOWN = 2
NAMES = 10
# How often a copied word that the translator could also read is made a placeholder, and a pair of rare words that are no copies.
ALSO = 0.3
RARE = 0.5
# How often a pair loses its last stop, as people type.
STOPLESS = 0.06
STOPS = {".", "!", "?"}


class Unit(NamedTuple):
    """A word, a number with its separators, or another character."""

    words: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(self.words).lstrip(SPACE)

    @property
    def piece(self) -> int:
        """The id of the placeholder in its place."""
        return START + 2 + (not self.words[0].startswith(SPACE))


def units(text: str) -> list[Unit]:
    """Words, with numbers such as 2,500 or 7:30 as one."""
    return [unit for group in text.split() for unit in units_of_group(group)]


@functools.cache
def units_of_group(group: str) -> tuple[Unit, ...]:
    """The units of a group without white space, made once: a corpus holds the same ones again and again."""
    found = []
    parts = words_of_group(group)
    i = 0
    while i < len(parts):
        end = i + 1
        if kind(parts[i][-1]) == 2:
            while end + 1 < len(parts) and parts[end] in ".,:" and kind(parts[end + 1][0]) == 2:
                end += 2
        found.append(Unit(tuple(parts[i:end])))
        i = end
    return tuple(found)


def is_name(text: str) -> bool:
    return len(text) > 1 and text[0].isupper()


class Reader:
    """English as the translator reads it: pieces, and placeholders for what it has to copy."""

    def __init__(self, pieces: Pieces, known: Iterable[str]):
        self.pieces, self.known = pieces, set(known)
        self.small = {word.lower() for word in self.known}

    @classmethod
    def load(cls, folder: Path) -> Reader:
        return cls(Pieces.load(folder), (folder / "known.txt").read_text(encoding="utf-8").split("\n")[:-1])

    def save(self, folder: Path) -> None:
        self.pieces.save(folder)
        (folder / "known.txt").write_text("".join(f"{word}\n" for word in sorted(self.known)), encoding="utf-8")

    def units(self, text: str) -> list[Unit]:
        """Words in the form they have inside a sentence: "Good" becomes "good" where a sentence begins, "i" is always "I"."""
        found, begins = [], True
        for unit in units(text):
            word = unit.text
            small = word.lower()
            if word == "i" or (begins and word != "I" and word[1:] == small[1:] and small in self.known):
                unit = Unit((unit.words[0].replace(word, "I" if word == "i" else small),))
            begins = word in STOPS or (begins and kind(word[0]) == 0)
            found.append(unit)
        return found

    def text(self, text: str) -> str:
        """A text with its words in those forms."""
        return "".join(word for unit in self.units(text) for word in unit.words).replace(SPACE, " ").strip()

    def copies(self, unit: Unit) -> bool:
        """Whether a unit is unknown: unreadable characters, a number of several pieces, a word that is not in known.txt."""
        text = unit.text
        if not self.pieces.can_read(text):
            return True
        if kind(text[0]) == 2:
            return len(unit.words) > 1 or len(self.pieces.split_word(unit.words[0])) > 1
        return kind(text[0]) == 1 and len(text) > 1 and text.lower() not in self.small

    def read(self, text: str) -> tuple[list[int], list[str]]:
        """Ids without the end, and the words behind the placeholders; unknown units that touch are one."""
        ids: list[int] = []
        copied: list[str] = []
        before = False
        for unit in self.units(text):
            now = self.copies(unit)
            if now and before and not unit.words[0].startswith(SPACE):
                copied[-1] += unit.text
            elif now:
                ids.append(unit.piece)
                copied.append(unit.text)
            else:
                ids += [i for word in unit.words for i in self.pieces.split_word(word)]
            before = now
        return ids, copied


def known(pairs: Iterable[Pair]) -> set[str]:
    """The English words that a translator trained on `pairs` can be trusted to translate, in the form they have inside a sentence."""
    seen: Counter[str] = Counter()
    names: Counter[str] = Counter()
    same: Counter[str] = Counter()
    forms: dict[str, Counter[str]] = {}
    for english, french in pairs:
        there = {unit.text for unit in units(french)}
        for i, unit in enumerate(units(english)):
            text, small = unit.text, unit.text.lower()
            if kind(text[0]) != 1:
                continue
            seen[small] += 1
            if i or text == small:
                forms.setdefault(small, Counter())[text] += 1
            if i and is_name(text):
                names[small] += 1
                same[small] += text in there
    rare = {w for w, n in names.items() if seen[w] < NAMES and n >= seen[w] / 2 and same[w] >= n / 2}
    # max takes the first of the most frequent forms, in the order of the pairs.
    usual = {w: max(forms[w], key=forms[w].get) if w in forms else w for w in seen}
    return {usual[w] for w, n in seen.items() if n >= KNOWN and w not in rare}


class Drawn(NamedTuple):
    """A pair as it is trained on: ids, and (place of the placeholder in the French, place of its word in the English)."""

    source: list[int]
    target: list[int]
    looks: list[tuple[int, int]]


class Prepared(NamedTuple):
    """A pair in units, the units that are the same on both sides, whether each must be a placeholder, and two rare ones."""

    english: list[Unit]
    french: list[Unit]
    same: list[tuple[int, int, bool]]
    rare: tuple[int, int] | None


class Corpus:
    """Pairs, drawn with placeholders and with pieces by BPE-dropout."""

    def __init__(self, pairs: Sequence[Pair], reader: Reader, french: Counter[str]):
        self.reader, self.french = reader, french
        self.pairs = [self.prepared(*pair) for pair in pairs]

    def prepared(self, english: str, french: str) -> Prepared:
        ours, theirs = self.reader.units(english), units(french)
        same, free = [], dict(enumerate(unit.text for unit in theirs))
        unmatched = []
        for i, unit in enumerate(ours):
            text, must = unit.text, self.reader.copies(unit)
            if not (must or kind(text[0]) == 2 or is_name(text)):
                continue
            there = next((j for j, other in free.items() if other == text), None)
            if there is not None:
                free.pop(there)
                same.append((i, there, must))
            elif must:
                unmatched.append(i)
        strange = [j for j, text in free.items() if kind(text[0]) == 1 and self.french[text.lower()] < KNOWN]
        rare = (unmatched[0], strange[0]) if len(unmatched) == len(strange) == 1 else None
        return Prepared(ours, theirs, same, rare)

    def draw(self, chance: random.Random, dropped: float) -> Drawn:
        english, french, same, rare = chance.choice(self.pairs)
        chosen = [(i, j) for i, j, must in same if must or chance.random() < ALSO]
        chosen += [rare] if rare and chance.random() < RARE else []
        if english[-1].text in STOPS and english[-1].text == french[-1].text and chance.random() < STOPLESS:
            english, french = english[:-1], french[:-1]
        source, here = self.ids(english, {i for i, _ in chosen}, chance, dropped)
        target, there = self.ids(french, {j for _, j in chosen}, chance, dropped)
        return Drawn([*source, END], [START, *target, END], [(there[j] + 1, here[i]) for i, j in chosen])

    def ids(self, given: Sequence[Unit], copied: set[int], chance: random.Random, dropped: float) -> tuple[list[int], dict[int, int]]:
        ids: list[int] = []
        places: dict[int, int] = {}
        pieces = self.reader.pieces
        for i, unit in enumerate(given):
            if i in copied:
                places[i] = len(ids)
                ids.append(unit.piece)
                continue
            for word in unit.words:
                ids += pieces.sampled(word, chance, dropped) if dropped else pieces.split_word(word)
        return ids, places


def french_words(pairs: Iterable[Pair]) -> Counter[str]:
    return Counter(unit.text.lower() for _, french in pairs for unit in units(french))


def filled(reader: Reader, said: Sequence[int], copied: Sequence[str], looked: Iterator[int] | None = None) -> str:
    """The text of French ids: each placeholder becomes the source word that was looked at, or the next one without attention."""
    order = looked if looked is not None else iter(range(len(said)))
    given = (copied[min(next(order), len(copied) - 1)] for i in said if reader.pieces.names[i] in COPIES)
    return reader.pieces.join(said, given)

"""Questions about photos, made by rule from captions (the recipe of COCO-QA: Ren, Kiros, Zemel, NIPS 2015).

Seven kinds: colour, number, object, who, where, doing, and yes/no. A question that several captions of a photo answer gets the answer
most of them give, and none if they are at odds about a number or a colour.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from train.questions.lexicon import (
    ALWAYS,
    ANIMALS,
    BETWEEN,
    COLOURS,
    DETERMINERS,
    MANY,
    MOTIONS,
    NOT_DOING,
    MASS,
    NUMBERS,
    ONE,
    PLACES,
    PREPOSITIONS,
    WHO,
    plural,
    singular,
    supported,
)

KINDS = ("color", "number", "object", "who", "where", "doing", "yesno")
YES, NO = "yes", "no"
# A photo with fewer captions says nothing about what it lacks.
ENOUGH = 4
# Questions that a word can have the answer "yes" to, and as often "no".
MOST_YES = {"train": 40, "dev": 12, "test": 12}
LOOKED_AT = 12
LONG_VERB = 5
KNOWN_WHO = {"man", "woman", "boy", "girl", "child", "baby", *ANIMALS}


class Question(NamedTuple):
    """`photo` is a number of `Pictures`, `words` the question without its mark, `kind` one of `KINDS`, `not_wrong` what else may be
    right, so that it is no wrong choice."""

    photo: int
    words: tuple[str, ...]
    answer: str
    kind: str
    not_wrong: frozenset[str] = frozenset()


class Rules:
    """The rules, with the nouns of the training captions."""

    def __init__(self, nouns: Iterable[str]):
        self.nouns = set(nouns)

    def object_at(self, words: list[str], at: int) -> str | None:
        """The thing named from place `at` on, over articles and adjectives: the last of nouns that stand in a row."""
        for place, word in enumerate(words[at : at + 5], at):
            if word in self.nouns:
                while place + 1 < len(words) and words[place + 1] in self.nouns:
                    place += 1
                return words[place]
            if word not in BETWEEN:
                return None
        return None

    def colours(self, words: list[str]) -> list[tuple[str, str]]:
        """(noun, colour) named together; a noun with several colours has each."""
        found = []
        for at, word in enumerate(words):
            if word in COLOURS:
                ahead = words[at + 1 : at + 3]
                noun = self.object_at(words, at + 3 if ahead[:1] == ["and"] and ahead[1:] and ahead[1] in COLOURS else at + 1)
                found += [(noun, COLOURS[word])] if noun else []
        return found

    def subject(self, words: list[str]) -> tuple[int, str] | None:
        """The first person or animal, and where it stands."""
        found = ((i, w) for i, w in enumerate(words) if w in ONE or w in MANY)
        return next(found, None)

    def of(self, words: list[str]) -> list[tuple[str, str, str]]:
        """(question, answer, kind) for one caption."""
        found = [(f"what color {'are' if plural(n) else 'is'} the {n}", c, "color") for n, c in self.colours(words)]
        for at, word in enumerate(words):
            noun = self.object_at(words, at + 1) if word in NUMBERS and word != "one" else None
            if noun and plural(noun):
                found.append((f"how many {noun} are there", NUMBERS[word], "number"))
            if word in ("on", "inside") and at and words[at - 1] in self.nouns and (support := self.object_at(words, at + 1)):
                found.append((f"what is {word} the {support}", words[at - 1], "object"))
        if (first := self.subject(words)) is not None:
            found += self.about(words, *first)
        return found

    def about(self, words: list[str], begin: int, subject: str) -> list[tuple[str, str, str]]:
        """What a caption tells of its subject."""
        be, who = "are" if subject in MANY else "is", WHO.get(subject, subject)
        one = who in KNOWN_WHO
        found, verb = [], None
        for at in range(begin + 1, min(len(words), begin + 9)):
            word, after = words[at], words[at + 1] if at + 1 < len(words) else ""
            if word == "and" and at == begin + 1:
                return found
            if word == "wearing":
                thing = self.object_at(words, at + 1)
                found += [(f"what {be} the {subject} wearing", thing, "object")] if thing else []
                found += [(f"who is wearing the {thing}", who, "who")] if thing and one and thing not in ALWAYS else []
            elif word.endswith("ing") and len(word) >= LONG_VERB and word not in NOT_DOING and word not in self.nouns and not verb:
                verb = word
                found += [(f"what {be} the {subject} doing", word, "doing")]
                found += [(f"who is {word}", who, "who")] if one else []
                if after in PREPOSITIONS and (thing := self.object_at(words, at + 2)) and thing not in PLACES:
                    found.append((f"what {be} the {subject} {word} {after}", thing, "object"))
                elif thing := self.object_at(words, at + 1):
                    found.append((f"what {be} the {subject} {word}", thing, "object"))
                    found += [(f"who is {word} the {thing}", who, "who")] if one else []
            if word in PREPOSITIONS and (place := self.object_at(words, at + 1)) in PLACES:
                found.append((f"where {be} the {subject}", place, "where"))
                found += [(f"where {be} the {subject} {verb}", place, "where")] if verb else []
        return found

    def asked(self, photo: int, captions: list[list[str]]) -> list[Question]:
        """The questions about one photo, from all its captions."""
        answers: dict[tuple[str, str], Counter] = defaultdict(Counter)
        for caption in captions:
            for question, answer, kind in sorted(set(self.of(caption))):
                answers[question, kind][answer] += 1
        said = {word for caption in captions for word in caption}
        rest = supported(said)
        made = []
        for (question, kind), counts in answers.items():
            (answer, most), *others = counts.most_common(2)
            if others and kind in ("number", "color", "who") and others[0][1] == most:
                continue
            also = supported(counts) if kind in ("color", "number") else rest | supported(counts)
            made.append(Question(photo, tuple(question.split()), answer, kind, frozenset(also)))
        return made + self.alone(photo, captions, said)

    def alone(self, photo: int, captions: list[list[str]], said: set[str]) -> list[Question]:
        """"How many … are there" where every caption that names it speaks of one."""
        made = []
        for noun in sorted(said & {*ONE, "car", "boat", "bus", "train", "bike", "horse", "chair", "plane"}):
            before = [c[i - 1] for c in captions for i, w in enumerate(c) if w == noun and i]
            single = sum(w in ("a", "an", "one", "the") or w in BETWEEN - DETERMINERS for w in before)
            if len(before) >= 3 and single == len(before) and not said & self.more_than_one(noun):
                made.append(Question(photo, tuple(f"how many {noun if noun == 'sheep' else noun_many(noun)} are there".split()), "1", "number", frozenset("1")))
        return made

    def more_than_one(self, noun: str) -> set[str]:
        """Words that say that there may be more than one of it."""
        alike = supported([noun])
        many = {word for word in alike if plural(word) or word in MANY or word == "people"}
        return many | {"another", "group", "crowd", "several", "both", "other", "team", "family", "couple"} | set(NUMBERS) - {"one"}


def noun_many(noun: str) -> str:
    """The plural of a noun, by rule."""
    irregular = {one: many for many, one in (("men", "man"), ("women", "woman"), ("people", "person"), ("children", "child"))}
    if noun in irregular:
        return irregular[noun]
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "sh", "ch", "x")) else f"{noun}s"


def there(noun: str) -> tuple[str, ...]:
    """"is there a dog", "are there dogs", "is there grass"."""
    if noun in MASS:
        return ("is", "there", noun)
    if plural(noun) or noun in MANY:
        return ("are", "there", noun)
    return ("is", "there", "an" if noun[0] in "aeiou" else "a", noun)


def alternatives(
    captions: dict[int, list[list[str]]], nouns: set[str], asked: list[Question], split: str, chance: random.Random
) -> list[Question]:
    """Yes/no questions: "is there a …" for every noun and "is the … …ing", as often yes as no for each.

    No is sure only of photos with at least `ENOUGH` captions, none of which names it or what goes with it; of several such photos
    that one is asked about which shares most words with a photo of the answer yes (Goyal et al., CVPR 2017: similar photos, other
    answers).
    """
    words = {photo: [w for caption in said for w in caption] for photo, said in captions.items()}
    sure = {photo: supported(w) for photo, w in words.items() if len(captions[photo]) >= ENOUGH}
    named, done = defaultdict(list), defaultdict(list)
    for photo, said in captions.items():
        counts = Counter(w for caption in said for w in set(caption))
        for word in sorted(counts):
            if word in nouns and counts[word] >= min(2, len(said)):
                named[word].append(photo)
    for question in asked:
        if question.kind == "doing" and question.answer in MOTIONS:
            done[question.words[3], question.words[1], question.answer].append(question.photo)
    made = []

    def pairs(question: tuple[str, ...], shown: list[int], lacking: list[int]) -> None:
        shown = chance.sample(shown, min(MOST_YES[split], len(shown)))
        lacking = chance.sample(lacking, min(len(lacking), LOOKED_AT * len(shown)))
        for photo in shown:
            like = set(words[photo]) & nouns
            some = sorted(lacking[-LOOKED_AT:], key=lambda other: (len(like & set(words[other])), other))
            if some:
                lacking.remove(some[-1])
                made.extend((Question(photo, question, YES, "yesno"), Question(some[-1], question, NO, "yesno")))

    for noun in sorted(named):
        pairs(there(noun), named[noun], [p for p, all_said in sure.items() if noun not in all_said])
    for (subject, be, verb), shown in sorted(done.items()):
        others = {p for (who, _, what), photos in done.items() if who == subject and what != verb for p in photos}
        lacking = sorted(p for p in others if p in sure and verb not in sure[p])
        pairs((be, "the", subject, verb), shown, lacking)
    return made

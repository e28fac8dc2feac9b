"""Which questions are asked, and the wrong choices that stand beside the right one.

Balance (Goyal et al., CVPR 2017): a question is asked of photos with different answers, so that the words alone do not tell the answer.
The choices of Visual7W's telling questions were written by people; here they are answers to the same question about other photos, so
that they have its form (a colour beside colours), about as frequent as the right one, and never what another caption supports.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict

from train.questions.asked import NO, YES, Question
from train.questions.lexicon import ALIKE, ALWAYS, MOTIONS

CHOICES = 4
# Of the candidates more and less frequent than the right answer, so many of the nearest are drawn from.
NEAREST = 6
# The share of questions whose right answer is the most frequent of the four.
TOP = 0.28
# At most this share of a kind's questions has one answer.
GREATEST = {"color": 0.14, "number": 0.3, "object": 0.04, "who": 0.18, "where": 0.08, "doing": 0.1, "yesno": 0.5}


def balanced(questions: list[Question], chance: random.Random, alone: float) -> list[Question]:
    """Pairs of the same question with different answers, about two photos; of what finds no partner the share `alone` is kept too.

    The two answers that are left most often make the next pair, so that no answer has more than half of a question.
    """
    by_words: dict[tuple, dict[str, list[Question]]] = defaultdict(lambda: defaultdict(list))
    for question in questions:
        by_words[question.kind, question.words][question.answer].append(question)
    kept = []
    for _, answers in sorted(by_words.items()):
        left = [chance.sample(part, len(part)) for _, part in sorted(answers.items())]
        while True:
            left = sorted((part for part in left if part), key=len, reverse=True)
            if len(left) < 2:
                break
            kept += [left[0].pop(), left[1].pop()]
        kept += [question for part in left for question in part if chance.random() < alone]
    return capped(kept, chance)


def capped(questions: list[Question], chance: random.Random) -> list[Question]:
    """No answer has more than its share `GREATEST` of the questions of its kind; what is too many goes by chance."""
    kept, by_kind = [], defaultdict(list)
    for question in questions:
        by_kind[question.kind].append(question)
    for kind, part in sorted(by_kind.items()):
        counts = Counter(q.answer for q in part)
        most = len(part)
        while most > 1 and most > GREATEST[kind] * sum(min(n, most) for n in counts.values()):
            most -= 1
        seen: Counter = Counter()
        for question in chance.sample(part, len(part)):
            seen[question.answer] += 1
            if seen[question.answer] <= max(most, 20):
                kept.append(question)
    return kept


def share_balanced(questions: list[Question]) -> float:
    """The share of questions that another photo of the same set answers differently."""
    answers = defaultdict(set)
    for question in questions:
        answers[question.kind, question.words].add(question.answer)
    return sum(len(answers[q.kind, q.words]) > 1 for q in questions) / max(1, len(questions))


NONE: Counter = Counter()


class Frequencies:
    """How often the training questions have an answer: to the same words, to the same words about another subject, to the kind."""

    def __init__(self, questions: list[Question]):
        self.levels: list[dict[tuple, Counter]] = [defaultdict(Counter) for _ in range(3)]
        for question in questions:
            for level, key in zip(self.levels, self.keys(question), strict=True):
                level[key][question.answer] += 1
        self.totals = [{key: sum(counts.values()) for key, counts in level.items()} for level in self.levels]

    @staticmethod
    def keys(question: Question) -> list[tuple]:
        """The question, the question without its subject, its kind."""
        words = question.words
        slot = words if question.kind in ("color", "number", "who") else tuple(w for i, w in enumerate(words) if i != 3)
        if question.kind in ("color", "number"):
            slot = words[:2]
        return [(question.kind, words), (question.kind, slot), (question.kind,)]

    def score(self, question: Question, answer: str, inside: bool = False) -> float:
        """How likely an answer is by its frequency alone, the more exact level first; a question `inside`, one of the training questions,
        does not count its own answer."""
        own = int(inside and answer == question.answer)
        parts = zip(self.levels, self.totals, self.keys(question), strict=True)
        scores = [(level.get(key, NONE)[answer] - own) / (totals.get(key, 0) + 5 - inside) for level, totals, key in parts]
        return scores[0] + 0.2 * scores[1] + 0.02 * scores[2]

    def candidates(self, question: Question) -> list[str]:
        """Answers of its form that may be wrong ones, from the levels down to where there are enough."""
        found: dict[str, None] = {}
        for level, key in zip(self.levels, self.keys(question), strict=True):
            found |= dict.fromkeys(a for a in level.get(key, NONE) if self.fits(question, a))
            if len(found) > CHOICES:
                break
        return list(found)

    def fits(self, question: Question, answer: str) -> bool:
        """Whether an answer is surely wrong, and of the right one's form."""
        right = question.answer
        if answer == right or answer in question.not_wrong or answer in ALIKE.get(right, ()):
            return False
        if question.kind == "doing":
            return (right in MOTIONS) == (answer in MOTIONS)
        if question.kind == "object":
            worn = "wearing" in question.words and answer in ALWAYS
            return not worn and answer not in question.words and (right.endswith("s") == answer.endswith("s") or "is" in question.words)
        return answer not in question.words


def choices(questions: list[Question], pool: Frequencies, seed: int, inside: bool = False) -> list[tuple[str, ...]]:
    """Four answers for each question, the right one first; yes and no for yes/no; the right one alone where too few others fit.

    By frequency the right answer's place among the four is drawn evenly, as far as there are more and less frequent ones.
    """
    chance, made = random.Random(seed), []
    for question in questions:
        if question.kind == "yesno":
            made.append((question.answer, NO if question.answer == YES else YES))
            continue
        mine = pool.score(question, question.answer, inside)
        ranked = sorted((pool.score(question, a, inside), a) for a in pool.candidates(question))
        above = [a for score, a in ranked if score > mine][:NEAREST]
        below = [a for score, a in reversed(ranked) if score <= mine][:NEAREST]
        higher = min(chance.randrange(CHOICES), len(above))
        higher = max(higher, CHOICES - 1 - len(below))
        if higher > len(above):
            made.append((question.answer,))
            continue
        made.append((question.answer, *chance.sample(above, higher), *chance.sample(below, CHOICES - 1 - higher)))
    return made


def evened(
    questions: list[Question], four: list[tuple[str, ...]], pool: Frequencies, seed: int, inside: bool = False
) -> list[int]:
    """The rows whose choices are kept so that frequency tells little: of those whose right answer is the most frequent of its four, so many
    go by chance that they are `TOP` of each kind."""
    chance, kept = random.Random(seed), []
    right = prior_right(questions, four, pool, inside)
    for kind in sorted({q.kind for q in questions}):
        rows = [i for i, q in enumerate(questions) if q.kind == kind]
        if kind == "yesno":
            kept += rows
            continue
        top = [i for i in rows if right[i] and len(four[i]) == CHOICES]
        rest = [i for i in rows if not right[i] and len(four[i]) == CHOICES]
        kept += rest + chance.sample(top, min(len(top), round(len(rest) * TOP / (1 - TOP))))
    return sorted(kept)


def prior_right(
    questions: list[Question], four: list[tuple[str, ...]], pool: Frequencies, inside: bool = False
) -> list[float]:
    """How often choosing the most frequent answer is right, a question at a time; of equals one is guessed."""
    found = []
    for question, names in zip(questions, four, strict=True):
        scores = [pool.score(question, name, inside) for name in names]
        best = [i for i, score in enumerate(scores) if score >= max(scores) - 1e-12]
        found.append(1 / len(best) if 0 in best else 0.0)
    return found

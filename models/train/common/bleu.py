"""Corpus BLEU (Papineni et al., ACL 2002), the captioners' measure.

The protocol of the captioning papers: modified n-gram precisions up to order n with uniform weights, closest
reference length in the brevity penalty (the shorter on a tie), no smoothing. Equal to nltk's `corpus_bleu`, save
that nltk counts one n-gram in a caption of fewer than n words.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence

Words = Sequence[str]
DRAWS, SEED = 1000, 2002


def ngrams(words: Words, n: int) -> Counter:
    """How often each run of n words occurs."""
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def counted(refs: Sequence[Words], caption: Words, order: int) -> list[int]:
    """What one caption adds to the corpus: its length, the closest reference length, and matched and made n-grams for n = 1 to `order`."""
    found = [len(caption), min((abs(len(r) - len(caption)), len(r)) for r in refs)[1]]
    for n in range(1, order + 1):
        ceiling: Counter = Counter()
        for ref in refs:
            ceiling |= ngrams(ref, n)
        found += [(ngrams(caption, n) & ceiling).total(), max(len(caption) - n + 1, 0)]
    return found


def scored(counts: Iterable[Sequence[int]], order: int) -> list[float]:
    """BLEU-1 to BLEU-`order` in percent, from what each caption adds."""
    length, closest, *pairs = map(sum, zip(*counts, strict=True))
    matched, made = pairs[::2], pairs[1::2]
    if not all(matched):
        return [0.0] * order
    penalty = min(0.0, 1 - closest / length)
    logs = [math.log(m / t) for m, t in zip(matched, made, strict=True)]
    return [100 * math.exp(penalty + sum(logs[:n]) / n) for n in range(1, order + 1)]


def corpus_bleu(references: Sequence[Sequence[Words]], captions: Sequence[Words], order: int = 4) -> list[float]:
    """BLEU-1 to BLEU-`order` in percent of `captions`, each against its own references."""
    return scored([counted(refs, caption, order) for refs, caption in zip(references, captions, strict=True)], order)


def bootstrapped(
    references: Sequence[Sequence[Words]], captions: Sequence[Words], order: int = 4
) -> list[tuple[float, float]]:
    """BLEU-1 to BLEU-`order` and the standard error of each: 1,000 corpora drawn from the photos with replacement."""
    each = [counted(refs, caption, order) for refs, caption in zip(references, captions, strict=True)]
    draw = random.Random(SEED)
    drawn = [scored(draw.choices(each, k=len(each)), order) for _ in range(DRAWS)]
    return list(zip(scored(each, order), map(spread, zip(*drawn, strict=True)), strict=True))


def bootstrapped_lead(
    references: Sequence[Sequence[Words]], ours: Sequence[Words], theirs: Sequence[Words], order: int = 4
) -> tuple[float, float]:
    """By how much BLEU-`order` of `ours` is above that of `theirs`, and the standard error of that: the same photos are drawn for both."""
    each = [
        [counted(refs, caption, order) for refs, caption in zip(references, captions, strict=True)] for captions in (ours, theirs)
    ]

    def lead(rows: Sequence[int]) -> float:
        mine, other = (scored([counts[i] for i in rows], order)[-1] for counts in each)
        return mine - other

    draw, photos = random.Random(SEED), range(len(references))
    return lead(photos), spread([lead(draw.choices(photos, k=len(photos))) for _ in range(DRAWS)])


def spread(values: Sequence[float]) -> float:
    """The standard deviation of draws."""
    mean = sum(values) / len(values)
    return math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1))

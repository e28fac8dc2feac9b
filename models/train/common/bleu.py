"""Corpus BLEU (Papineni et al., ACL 2002), the captioners' measure.

The protocol of the captioning papers: modified n-gram precisions up to order n with uniform weights, closest
reference length in the brevity penalty (the shorter on a tie), no smoothing. Equal to nltk's `corpus_bleu`, save
that nltk counts one n-gram in a caption of fewer than n words.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

Words = Sequence[str]


def ngrams(words: Words, n: int) -> Counter:
    """How often each run of n words occurs."""
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def corpus_bleu(references: Sequence[Sequence[Words]], captions: Sequence[Words], order: int = 4) -> list[float]:
    """BLEU-1 to BLEU-`order` in percent of `captions`, each against its own references."""
    matched, made = [0] * order, [0] * order
    length = closest = 0
    for refs, caption in zip(references, captions, strict=True):
        length += len(caption)
        closest += min((abs(len(r) - len(caption)), len(r)) for r in refs)[1]
        for n in range(1, order + 1):
            ceiling: Counter = Counter()
            for ref in refs:
                ceiling |= ngrams(ref, n)
            matched[n - 1] += (ngrams(caption, n) & ceiling).total()
            made[n - 1] += max(len(caption) - n + 1, 0)
    if not all(matched):
        return [0.0] * order
    penalty = min(0.0, 1 - closest / length)
    logs = [math.log(m / t) for m, t in zip(matched, made, strict=True)]
    return [100 * math.exp(penalty + sum(logs[:n]) / n) for n in range(1, order + 1)]

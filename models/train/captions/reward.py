"""What a sampled caption is worth: CIDEr-D (Vedantam et al., CVPR 2015) plus a smoothed BLEU-4 of the sentence."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from train.common.bleu import ngrams

ORDER = 4
WIDTH = 6.0
CIDER_WEIGHT = 2.0
Ids = Sequence[int]


class Reward:
    """Scores captions, as ids ending in `<end>`, against the references of training photos.

    `<end>` counts as a word, or sentences that break off would be rewarded.
    """

    def __init__(self, references: Sequence[Sequence[Ids]]):
        self.references = references
        seen: Counter = Counter()
        for refs in references:
            seen.update({g for ref in refs for n in range(1, ORDER + 1) for g in ngrams(ref, n)})
        most = math.log(len(references))
        self.rarity = defaultdict(lambda: most, {g: most - math.log(c) for g, c in seen.items()})
        self.counts = [[[ngrams(ref, n) for n in range(1, ORDER + 1)] for ref in refs] for refs in references]

    def length(self, counts: Counter) -> float:
        return math.sqrt(sum((c * self.rarity[g]) ** 2 for g, c in counts.items()))

    def cider(self, photo: int, caption: Ids, counts: list[Counter]) -> float:
        """CIDEr-D / 10 (eq. 4): clipped tf-idf cosine, damped by the difference in length."""
        total = 0.0
        for ref, theirs in zip(self.references[photo], self.counts[photo], strict=True):
            damp = math.exp(-((len(caption) - len(ref)) ** 2) / (2 * WIDTH**2))
            for mine, other in zip(counts, theirs, strict=True):
                norm = self.length(mine) * self.length(other)
                if norm:
                    shared = mine.keys() & other.keys()
                    inner = sum(min(mine[g], other[g]) * other[g] * self.rarity[g] ** 2 for g in shared)
                    total += damp * inner / norm
        return total / (ORDER * len(self.references[photo]))

    def bleu(self, photo: int, caption: Ids, counts: list[Counter]) -> float:
        """BLEU-4 of one sentence, one added to numerator and denominator from bigrams on (Lin and Och, 2004).

        Its brevity penalty is against the mean length of the references: against the closest, every sentence could
        shrink to the shortest of five, and the corpus would fall short as a whole.
        """
        usual = sum(map(len, self.references[photo])) / len(self.references[photo])
        logs = min(0.0, 1 - usual / len(caption))
        for n, mine in enumerate(counts):
            ceiling: Counter = Counter()
            for theirs in self.counts[photo]:
                ceiling |= theirs[n]
            matched, made = (mine & ceiling).total(), mine.total()
            logs += math.log((matched + (n > 0)) / (made + (n > 0)) if matched + n else 1e-3) / ORDER
        return math.exp(logs)

    def __call__(self, photo: int, caption: Ids) -> float:
        counts = [ngrams(caption, n) for n in range(1, ORDER + 1)]
        return CIDER_WEIGHT * self.cider(photo, caption, counts) + self.bleu(photo, caption, counts)

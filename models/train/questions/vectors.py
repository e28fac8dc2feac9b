"""Where the embeddings of words begin: what captions say of each, so that words which no training question has mean something too.

Positive pointwise mutual information of words within a few places of each other, and its leading singular vectors (Levy and Goldberg,
NIPS 2014).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

WINDOW = 4


def word_vectors(words: list[str], captions: Iterable[list[str]], size: int) -> Tensor:
    """[V, size], of unit variance; zero for words that no caption has."""
    number = {w: i for i, w in enumerate(words)}
    together: Counter = Counter()
    for caption in captions:
        ids = [number.get(w, -1) for w in caption]
        for at, one in enumerate(ids):
            for other in ids[at + 1 : at + 1 + WINDOW]:
                if one >= 0 and other >= 0:
                    together[one, other] += 1
    counts = np.zeros((len(words), len(words)), np.float32)
    for (one, other), count in together.items():
        counts[one, other] += count
        counts[other, one] += count
    total, each = max(1.0, counts.sum()), counts.sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        shared = np.log(counts * total / np.outer(each, each))
    shared = torch.from_numpy(np.nan_to_num(shared.clip(0), posinf=0, neginf=0))
    left, strength, _ = torch.linalg.svd(shared)
    made = torch.zeros(len(words), size)
    kept = min(size, len(words))
    made[:, :kept] = (left * strength.sqrt())[:, :kept]
    return made / made.std().clamp_min(1e-6)

"""Beam search over sentences, the same for PyTorch modules and for exported ONNX steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

# The ids of the special words, in every vocabulary.
PAD, START, END, UNK = range(4)
MAX_WORDS = 20
Step = Callable[..., tuple[np.ndarray, ...]]


class Sentence(NamedTuple):
    """Word ids without `<end>`, the sum of their log p, and how many terms it has (`<end>` counts where said)."""

    words: list[int]
    logp: float
    terms: int


def beam_search(
    step: Step,
    state: Iterable[np.ndarray],
    width: int,
    longest: int = MAX_WORDS,
    silent: Sequence[int] = (PAD, START, UNK),
) -> list[Sentence]:
    """At most `width` sentences, found by sum of log p, without the ids `silent`.

    `step(tokens [K], *state)` gives logp [K, V] and the K new states; `state` holds arrays of one row. A beam
    keeps `width` unfinished sentences; each that ends leaves the beam one narrower (as in the code of Xu et al.). After
    `longest` words the unfinished ones compete as they are.
    """
    live, sums, ended = [[]], np.zeros(1), []
    tokens = np.array([START])
    for _ in range(longest):
        logp, *state = step(tokens, *state)
        logp[:, list(silent)] = -np.inf
        total = (sums[:, None] + logp).ravel()
        best = np.argsort(-total, kind="stable")[: width - len(ended)]
        origin, token = np.divmod(best, logp.shape[1])
        over = token == END
        for o, s in zip(origin[over], total[best][over], strict=True):
            ended.append(Sentence(live[o], float(s), len(live[o]) + 1))
        origin, tokens, sums = origin[~over], token[~over], total[best][~over]
        live = [[*live[o], int(t)] for o, t in zip(origin, tokens, strict=True)]
        if not live:
            break
        state = [s[origin] for s in state]
    return ended + [Sentence(w, float(s), len(w)) for w, s in zip(live, sums, strict=True)]


def choose(sentences: list[Sentence], penalty: float) -> list[int]:
    """The words of the sentence with the greatest logp / terms^penalty."""
    return max(sentences, key=lambda s: s.logp / s.terms**penalty).words

"""Rare words get their due: the logits are adjusted by how common each word is (Menon et al., ICLR 2021, equation 9).

A captioner trained by likelihood says the commonest words more often than people do. A share of log prior, taken from the output's bias,
gives the rarer words back; the share is chosen on dev, and ships inside the weights.
"""

from __future__ import annotations

import torch
from torch import Tensor

from train.captions.judging import SETS, on_dev
from train.captions.model import Plain, Soft
from train.captions.training import Corpus
from train.common.beam_search import END

SHARES = (0.0, 0.1, 0.2, 0.3)


def commonness(corpus: Corpus) -> Tensor:
    """log p of each word [V] over the training captions, less its mean over what was said; 0 for the special words."""
    ids = corpus.captions.tokens.flatten()
    counts = torch.bincount(ids, minlength=len(corpus.words)).float() + 1
    counts[: END + 2] = 0
    logs = torch.where(counts > 0, (counts / counts.sum()).clamp_min(1e-12).log(), torch.zeros(()))
    return torch.where(counts > 0, logs - (counts * logs).sum() / counts.sum(), torch.zeros(()))


@torch.no_grad()
def adjust(net: Plain | Soft, corpus: Corpus) -> float:
    """Take the share of `commonness` from the output's bias with which greedy sentences have the best CIDEr-D on dev; returns it."""
    own, common = net.out.bias.clone(), commonness(corpus)
    worth: dict[float, float] = {}
    for share in SHARES:
        net.out.bias.copy_(own - share * common)
        told = on_dev(corpus.data, corpus.words, net, corpus.plain, most=1000)
        worth[share] = sum(told[f"{source}_cider"] for source in SETS)
        print(f"dev: share {share:g} of log prior taken: {told}", flush=True)
    best = max(worth, key=worth.__getitem__)
    net.out.bias.copy_(own - best * common)
    return best

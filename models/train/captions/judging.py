"""What a captioner is worth on its way: greedy sentences of dev photos, BLEU-4, CIDEr-D, and how many words it uses."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from train.captions.corpus import judged
from train.captions.model import Plain, Soft
from train.captions.reward import ORDER, Reward, ngrams
from train.common.beam_search import END, MAX_WORDS, PAD, START, UNK
from train.common.bleu import corpus_bleu

SETS = ("flickr8k", "coco")
BATCH = 50


@torch.no_grad()
def greedy(net: Plain | Soft, features: tuple[Tensor, ...]) -> list[list[int]]:
    """The likeliest word at every step, for each photo of a batch."""
    step, h, c = net.decoder(features)
    said = torch.full((len(h), MAX_WORDS + 1), PAD)
    said[:, 0] = START
    going = torch.ones(len(h), dtype=torch.bool)
    for t in range(MAX_WORDS):
        logp, h, c = step(said[:, t], h, c)
        logp[:, [PAD, START, UNK]] = -math.inf
        said[:, t + 1] = torch.where(going, logp.argmax(1), PAD)
        going &= said[:, t + 1] != END
        if not going.any():
            break
    return [[i for i in row if i not in (PAD, END)] for row in said[:, 1:].tolist()]


def cider(references: list[list[list[str]]], said: list[list[str]]) -> float:
    """Corpus CIDEr-D (Vedantam et al., CVPR 2015), its rarities from these references."""
    judge = Reward(references)
    each = [judge.cider(k, w, [ngrams(w, n) for n in range(1, ORDER + 1)]) for k, w in enumerate(said)]
    return 10 * sum(each) / len(each)


@torch.no_grad()
def on_dev(
    data: Path, words: list[str], net: Plain | Soft, look: Callable[[list[int]], tuple[Tensor, ...]], most: int = 400
) -> dict:
    """BLEU-4, CIDEr-D and words in use on at most so many dev photos of each set; `look` gives the features of photos by number."""
    told: dict = {}
    net.eval()
    for source in SETS:
        numbers, references = (x[:most] for x in judged(data, source, "dev"))
        said = []
        with torch.autocast("cpu", torch.bfloat16):
            for at in range(0, len(numbers), BATCH):
                said += greedy(net, look(numbers[at : at + BATCH]))
        sentences = [[words[i] for i in s] for s in said]
        told[f"{source}_bleu4"] = round(corpus_bleu(references, sentences)[3], 2)
        told[f"{source}_cider"] = round(cider(references, sentences), 3)
        told[f"{source}_words"] = len({w for s in sentences for w in s})
        told[f"{source}_says"] = [" ".join(s) for s in sentences[:3]]
    return told

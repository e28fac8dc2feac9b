"""Training of the translators within a wall-clock budget, on batches of like lengths."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from pathlib import Path

import sacrebleu
import torch
import torch.nn.functional as F
from torch import Tensor

from train.common.timed_run import TimedRun
from train.translation.model import Translator
from train.translation.text import END, PAD, START, Pair, Pieces, multi30k, tatoeba

SEED = 2015
BATCH = 96
POOL = 40
LONGEST = 40
RATE = 1.2e-3
SMOOTHING = 0.1
AVERAGE = 0.998
# Multi30k is what is measured; Tatoeba brings the words of every day.
SHARE = 0.6


def corpora(folder: Path) -> tuple[list[Pair], list[Pair]]:
    """Training pairs of Multi30k and of Tatoeba, without any sentence of the dev and test sets."""
    known = {text for split in ("dev", "test") for pair in multi30k(folder, split) for text in pair}
    both = multi30k(folder, "train"), tatoeba(folder)[0]
    ours, theirs = ([pair for pair in pairs if not known & set(pair)] for pairs in both)
    return ours, theirs


def padded(rows: list[list[int]]) -> Tensor:
    width = max(map(len, rows))
    return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])


@torch.no_grad()
def greedy(net: Translator, sources: list[list[int]], pieces: Pieces, longest: int = 60) -> list[str]:
    """Translations of many sentences, the likeliest piece each time."""
    net.eval()
    texts: list[str] = []
    for at in range(0, len(sources), 128):
        rows = sources[at : at + 128]
        source, lengths = padded(rows), torch.tensor([len(r) for r in rows])
        annotations, last = net.encoder(source, lengths)
        mask = (torch.arange(source.shape[1]) < lengths.unsqueeze(1)).float()
        fixed, h = net.start(annotations, mask, last)
        token, said, over = torch.full((len(rows),), START), [], torch.zeros(len(rows), dtype=torch.bool)
        for _ in range(longest):
            y = net.embedding(token)
            context = net.look(h, annotations, fixed, mask)[1] if net.attention else fixed
            h = net.word(net.gates_y(y), context, h)
            scores = net.output(h, y, context)
            scores[:, : END] = -math.inf
            token = scores.argmax(1).masked_fill(over, END)
            over |= token == END
            said.append(token)
            if over.all():
                break
        for row in torch.stack(said, 1).tolist():
            texts.append(pieces.join(row[: row.index(END)] if END in row else row))
    return texts


class Run(TimedRun):
    """Training of a translator."""

    seed, rate, average, warmup = SEED, RATE, AVERAGE, 200

    def __init__(self, net: Translator, folder: Path, pieces: Pieces, work: Path, minutes: float):
        super().__init__(net, work, minutes)
        self.pieces = pieces
        self.corpora = [self.numbered(pairs) for pairs in corpora(folder)]
        self.pairs = multi30k(folder, "dev")

    def numbered(self, pairs: list[Pair]) -> list[tuple[list[int], list[int]]]:
        rows = [([*self.pieces.split(a), END], [START, *self.pieces.split(b), END]) for a, b in pairs]
        return [(a, b) for a, b in rows if len(a) <= LONGEST and len(b) <= LONGEST + 2]

    def batches(self, chance: random.Random) -> Iterator[list[tuple[list[int], list[int]]]]:
        """Batches of sentences of like lengths."""
        while True:
            pool = [chance.choice(self.corpora[chance.random() >= SHARE]) for _ in range(POOL * BATCH)]
            pool.sort(key=lambda row: (len(row[1]), len(row[0])))
            cut = [pool[i : i + BATCH] for i in range(0, len(pool), BATCH)]
            chance.shuffle(cut)
            yield from cut

    def loss(self, batch: list[tuple[list[int], list[int]]]) -> Tensor:
        source, target = padded([a for a, _ in batch]), padded([b for _, b in batch])
        with torch.autocast("cpu", torch.bfloat16):
            scores = self.net(source, torch.tensor([len(a) for a, _ in batch]), target[:, :-1])
        wanted = target[:, 1:].flatten()
        return F.cross_entropy(scores.float().flatten(0, 1), wanted, ignore_index=PAD, label_smoothing=SMOOTHING)

    def dev(self) -> str:
        found = greedy(self.mean, [[*self.pieces.split(a), END] for a, _ in self.pairs], self.pieces)
        return f"BLEU {sacrebleu.corpus_bleu(found, [[b for _, b in self.pairs]]).score:.2f}"

"""Training of the captioners by cross-entropy on the trained encoder's features: what they are asked, and the run itself."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from train.captions.corpus import PAD, Captions, taught
from train.captions.features import Seen
from train.captions.gaze import gaze, guided
from train.captions.judging import on_dev
from train.captions.masks import named
from train.captions.model import Plain, Soft
from train.captions.progress import follow, keep, restore, schedule

SEED = 2015
EACH, CAPTIONS = 3, 84
WEIGHT_DECAY = 0.02
AVERAGE = 0.998
SMOOTHING = 0.1
KEEP, LOOK = 50, 300
Look = Callable[[list[int], list[str]], tuple[Tensor, ...]]
Edit = Callable[[tuple[Tensor, ...], Tensor], tuple[Tensor, ...]]


class Corpus:
    """Captions, features and masks, drawn in batches.

    `look` may add to the features what a captioner needs beside them, and `edit` change that once the captions are known.
    """

    def __init__(self, data: Path, work: Path, words: list[str]):
        self.data, self.words = data, words
        self.captions, self.seen, self.named = Captions(data, work, words), Seen(data, work), named(words)
        self.look: Look = self.seen.of
        self.edit: Edit = lambda features, tokens: features

    def views(self, count: int, random: torch.Generator) -> list[str]:
        """A view for each of so many photos."""
        names = list(self.seen.views)
        return [names[i] for i in torch.randint(len(names), (count,), generator=random)]

    def batch(self, random: torch.Generator) -> tuple[tuple[Tensor, ...], Tensor, Tensor]:
        """Features of each caption's photo, the captions [B, T + 1] sorted by length, and the photos' pseudo-masks [B, 196, 21]."""
        photos, owner, tokens = self.captions.drawn(EACH, CAPTIONS, random)
        numbers, views = photos.tolist(), self.views(len(photos), random)
        features = tuple(part[owner] for part in self.look(numbers, views))
        return self.edit(features, tokens), tokens, self.seen.mask(numbers, views)[owner]

    def plain(self, numbers: list[int]) -> tuple[Tensor, ...]:
        """The features of photos as they are, for dev."""
        return self.look(numbers, ["plain"] * len(numbers))


def looked(alpha: Tensor, said: Tensor, names: Tensor, masks: Tensor) -> Tensor:
    """All that is asked of the attention weights [B, T, 196] at the words `said` [B, T]."""
    return gaze(alpha, said != PAD) + guided(alpha, names[said], masks)


class Run:
    """A run of so many steps that goes on from its last checkpoint, `FOLDER/last.pt`."""

    def __init__(self, net: Plain | Soft, corpus: Corpus, steps: int, rate: float, folder: Path):
        self.net, self.corpus, self.steps, self.rate, self.path = net, corpus, steps, rate, folder / "last.pt"
        self.average = copy.deepcopy(net).requires_grad_(False)
        learning = [p for p in net.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(learning, rate, weight_decay=WEIGHT_DECAY, fused=True)
        self.iteration, self.seconds = 0, 0.0
        self.history: list[dict] = []
        restore(self, self.path)

    def objective(self, features: tuple[Tensor, ...], tokens: Tensor, masks: Tensor) -> dict[str, Tensor]:
        """The parts of the loss: cross-entropy a word with label smoothing, and what is asked of the gaze."""
        given, said, target = taught(tokens)
        with torch.autocast("cpu", torch.bfloat16):
            logits, alpha = self.net(features, given)
        parts = {"words": F.cross_entropy(logits.float(), target, ignore_index=PAD, label_smoothing=SMOOTHING)}
        if isinstance(self.net, Soft):
            parts["gaze"] = looked(alpha, said, self.corpus.named, masks)
        return parts

    def train(self) -> None:
        """Run the steps left, with a cosine learning rate; look at dev now and then."""
        sums: dict[str, float] = {}
        started = time.time()
        while self.iteration < self.steps:
            torch.manual_seed(SEED + self.iteration)
            random = torch.Generator().manual_seed(SEED + self.iteration)
            self.net.train()
            self.optimizer.param_groups[0]["lr"] = self.rate * schedule(self.iteration, self.steps)
            parts = self.objective(*self.corpus.batch(random))
            self.optimizer.zero_grad()
            sum(parts.values()).backward()
            torch.nn.utils.clip_grad_norm_(self.net.parameters(), 2.0)
            self.optimizer.step()
            self.iteration += 1
            follow(self.average, self.net, min(AVERAGE, self.iteration / (self.iteration + 9)))
            for key, part in parts.items():
                sums[key] = sums.get(key, 0.0) + part.item() / KEEP
            if self.iteration % KEEP == 0 or self.iteration == self.steps:
                self.seconds += time.time() - started
                record = {"iteration": self.iteration, "seconds": round(self.seconds)} | {
                    k: round(v, 3) for k, v in sums.items()
                }
                if self.iteration % LOOK == 0 or self.iteration == self.steps:
                    record |= on_dev(self.corpus.data, self.corpus.words, self.average, self.corpus.plain)
                self.history.append(record)
                keep(self, self.path)
                print(record, flush=True)
                sums, started = {}, time.time()

"""Training of the three answerers: open answers, choices and pointing in turn, the gaze taught with masks, averaged weights, checkpoints."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from train.captions.gaze import FOCUS, GUIDED, guided
from train.captions.masks import named
from train.common.timed_run import TimedRun
from train.questions.data import Split, World, spoken
from train.questions.model import EMBED, Answerer
from train.questions.pictures import Pictures
from train.questions.scenes import Pointing, laid, looking, mirrored
from train.questions.vectors import word_vectors

SEED = 2016
BATCH = 96
# Of ten batches: photos, rooms, pointing, and questions about VOC's photos for the gaze alone.
TURNS = {"attention": "ppgpdpgopd", "pooled": "ppdpopd", "blind": "ppdpopd"}
# Weights beside the cross-entropy of the open answer: of the right one among its choices, of the gaze on what a word names (times that
# of the captioners), and of its entropy above `FOCUS` nats.
CHOICE, LOOK, NARROW = 0.5, 2.0, 0.2
SMOOTHING = 0.05


class Score:
    """Right answers over all, by what was asked."""

    def __init__(self):
        self.right, self.all = 0, 0

    def add(self, right: Tensor) -> None:
        self.right += int(right.sum())
        self.all += right.numel()

    @property
    def percent(self) -> float:
        return 100 * self.right / max(1, self.all)


def among(logits: Tensor, choices: Tensor) -> Tensor:
    """The logits [B, 4] of each question's choices; those that are none are out of the question."""
    return logits.gather(1, choices.clamp_min(0)).masked_fill(choices < 0, -1e4)


def narrow(alpha: Tensor, words: Tensor, names: Tensor) -> Tensor:
    """The entropy above `FOCUS` nats of the weights [B, T, 196] at words [B, T] that name something, and at the last."""
    there = words > 0
    last = there & ~F.pad(there[:, 1:], (0, 1))
    at = last | (there & (names.sum(-1) > 0))
    entropy = -(alpha * alpha.clamp_min(1e-9).log()).sum(-1)
    return NARROW * ((entropy - FOCUS).relu() * at).sum() / at.sum().clamp_min(1)


class Run(TimedRun):
    """Training of an answerer."""

    seed, rate, average, warmup = SEED, 1.2e-3, 0.998, 100

    def __init__(self, net: Answerer, world: World, pictures: Pictures, work: Path, minutes: float):
        self.world, self.pictures, self.named = world, pictures, named(world.words)
        with torch.no_grad():
            net.embed.weight.copy_(word_vectors(world.words, spoken(world.data, world.asked), EMBED))
            net.embed.weight[0] = 0
        super().__init__(net, work, minutes)
        self.mean.eval()

    def batches(self, chance: random.Random) -> Iterator[Callable[[], Tensor]]:
        """Losses to compute, the kinds of question in turn."""
        for turn in itertools.cycle(TURNS[self.net.sight]):
            if turn == "o":
                yield partial(self.pointing, chance)
            elif turn == "g":
                yield partial(self.looking, chance)
            else:
                yield partial(self.answering, self.world.splits["train" if turn == "p" else "rooms-train"], chance)

    def seen(self, photos: list[int], views: list[str]) -> tuple[Tensor, ...]:
        """The features of photos; those of one for the blind network, which looks at none."""
        if self.net.sight == "blind":
            return self.pictures.plain(photos[:1])
        return self.pictures.of(photos, views)

    def drawn(self, photos: list[int], chance: random.Random) -> list[str]:
        """A view for each photo."""
        return [chance.choice(self.pictures.views(n)) for n in photos]

    def gaze(self, alpha: Tensor | None, words: Tensor, photos: list[int], views: list[str]) -> Tensor | float:
        """What is asked of the attention weights."""
        if alpha is None:
            return 0.0
        alpha, names = alpha.float(), self.named[words]
        return LOOK * guided(alpha, names, self.pictures.mask(photos, views)) + narrow(alpha, words, names)

    def answering(self, split: Split, chance: random.Random) -> Tensor:
        rows = torch.tensor([i for i in (chance.randrange(len(split.asked)) for _ in range(BATCH)) if split.answer[i] >= 0])
        photos = split.photo[rows].tolist()
        views, words = self.drawn(photos, chance), shortened(split.words[rows])
        known, _, alpha = self.net(self.seen(photos, views), words)
        logits, four = self.net.answer(known).float(), split.choices[rows]
        loss = F.cross_entropy(logits, split.answer[rows], label_smoothing=SMOOTHING)
        can = four[:, 0] >= 0
        if can.any():
            right = torch.zeros(int(can.sum()), dtype=torch.long)
            loss = loss + CHOICE * F.cross_entropy(among(logits, four)[can], right)
        return loss + self.gaze(alpha, words, photos, views)

    def pointing(self, chance: random.Random) -> Tensor:
        part = chance.choices(self.world.pointing["train"], k=BATCH // 2)
        photos = [p.photo for p in part]
        views = self.drawn(photos, chance)
        boxes = [[mirrored(b) for b in p.boxes] if view == "flip" else p.boxes for p, view in zip(part, views, strict=True)]
        words = shortened(self.world.numbered([p.words for p in part]))
        known, places, alpha = self.net(self.seen(photos, views), words)
        inside, geometry = laid(boxes)
        scores = self.net.point(known, inside, geometry, places).float()
        loss = F.cross_entropy(scores, torch.zeros(len(part), dtype=torch.long))
        return loss + self.gaze(alpha, words, photos, views)

    def looking(self, chance: random.Random) -> Tensor:
        photos = chance.choices(sorted(self.world.looking), k=BATCH // 2)
        views = self.drawn(photos, chance)
        words = shortened(self.world.numbered([looking(self.world.looking[n], chance) for n in photos]))
        _, _, alpha = self.net(self.seen(photos, views), words)
        return self.gaze(alpha, words, photos, views)

    def loss(self, batch: Callable[[], Tensor]) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return batch()

    @torch.inference_mode()
    def told(self, split: Split) -> str:
        """Percent of open answers, of the right one among four, and of yes and no."""
        openly, telling, yesno = Score(), Score(), Score()
        for rows in torch.arange(len(split.asked)).split(256):
            known, _, _ = self.mean(self.seen(split.photo[rows].tolist(), ["plain"] * len(rows)), split.words[rows])
            logits, four = self.mean.answer(known), split.choices[rows]
            right = among(logits, four).argmax(1) == 0
            binary = (four[:, 0] >= 0) & (four[:, 2] < 0)
            openly.add(logits.argmax(1)[~binary] == split.answer[rows][~binary])
            telling.add(right[four[:, 2] >= 0])
            yesno.add(right[binary])
        return f"open {openly.percent:.1f}  telling {telling.percent:.1f}  yes/no {yesno.percent:.1f}"

    @torch.inference_mode()
    def pointed(self, asked: list[Pointing]) -> str:
        """Percent of the right boxes, and of looks at the last word whose strongest place is on what it names (pseudo-masks)."""
        score, gaze = Score(), Score()
        for at in range(0, len(asked), 128):
            part = asked[at : at + 128]
            photos, words = [p.photo for p in part], self.world.numbered([p.words for p in part])
            known, places, alpha = self.mean(self.seen(photos, ["plain"] * len(part)), words)
            inside, geometry = laid([p.boxes for p in part])
            score.add(self.mean.point(known, inside, geometry, places).argmax(1) == 0)
            if alpha is not None:
                ends = (words > 0).sum(1) - 1
                rows = torch.arange(len(part))
                shown = torch.einsum("nc,npc->np", self.named[words[rows, ends]], self.pictures.mask(photos, ["plain"] * len(part)))
                gaze.add(shown[rows, alpha[rows, ends].argmax(-1)] >= 0.25)
        return f"pointing {score.percent:.1f}  gaze {gaze.percent:.1f}"

    def dev(self) -> str:
        splits = self.world.splits
        return f"{self.told(splits['dev'])}  rooms {self.told(splits['rooms-dev'])}  {self.pointed(self.world.pointing['dev'])}"


def shortened(words: Tensor) -> Tensor:
    """Words [B, T] without the columns that all lack."""
    return words[:, : int((words > 0).sum(1).max())]

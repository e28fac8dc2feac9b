"""Training of the three answerers: open answers and pointing in turn, averaged weights, checkpoints."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from train.captions.features import Features
from train.common.timed_run import TimedRun
from train.questions.data import Pointing, Split, World, laid
from train.questions.model import Answerer

SEED = 2016
BATCH = 96
# Of ten batches: Flickr8k, DAQUAR, pointing.
TURNS = "ffpffdffpd"


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


@torch.inference_mode()
def told(net: Answerer, split: Split) -> dict[str, float]:
    """Percent of open answers, and of the right one among four where it is in the vocabulary."""
    openly, telling = Score(), Score()
    for rows in torch.arange(len(split.photo)).split(256):
        known, _, _ = net(split.views[0].of(split.photo[rows]), split.words[rows])
        scores = net.answer(known)
        openly.add(scores.argmax(1) == split.answer[rows])
        four = split.choices[rows]
        can = four[:, 0] >= 0
        telling.add(scores.gather(1, four.clamp_min(0))[can].argmax(1) == 0)
    return {"open": openly.percent, "telling": telling.percent}


def pointed(net: Answerer, world: World, features: Features, part: list[Pointing]) -> Tensor:
    """Scores [B, 4] of the boxes of some questions."""
    words = world.numbered([p.words for p in part])
    known, places, _ = net(features.of(torch.tensor([p.photo for p in part])), words)
    inside, geometry = laid([p.boxes for p in part])
    return net.point(known, inside, geometry, places)


@torch.inference_mode()
def pointing(net: Answerer, world: World, split: str) -> float:
    """Percent of the right boxes."""
    score, asked = Score(), world.pointing[split]
    for at in range(0, len(asked), 128):
        score.add(pointed(net, world, world.scenes, asked[at : at + 128]).argmax(1) == 0)
    return score.percent


class Run(TimedRun):
    """Training of an answerer."""

    seed, rate, average, warmup = SEED, 1.2e-3, 0.998, 100

    def __init__(self, net: Answerer, world: World, work: Path, minutes: float):
        super().__init__(net, work, minutes)
        self.mean.eval()
        self.world = world

    def batches(self, chance: random.Random) -> Iterator[Callable[[], Tensor]]:
        """Losses to compute, the kinds of question in turn."""
        drawn = torch.Generator().manual_seed(chance.getrandbits(32))
        for turn in itertools.cycle(TURNS):
            if turn == "p":
                yield partial(self.pointing, chance)
            else:
                yield partial(self.answering, self.world.splits["rooms" if turn == "d" else "train"], drawn)

    def answering(self, split: Split, drawn: torch.Generator) -> Tensor:
        rows = torch.randint(len(split.photo), (BATCH,), generator=drawn)
        rows = rows[split.answer[rows] >= 0]
        view = split.views[int(torch.randint(len(split.views), (1,), generator=drawn))]
        words = split.words[rows]
        known, _, _ = self.net(view.of(split.photo[rows]), words[:, : int((words > 0).sum(1).max())])
        return F.cross_entropy(self.net.answer(known).float(), split.answer[rows], label_smoothing=0.05)

    def pointing(self, chance: random.Random) -> Tensor:
        part = chance.choices(self.world.pointing["train"], k=BATCH // 2)
        scores = pointed(self.net, self.world, self.world.scenes, part).float()
        return F.cross_entropy(scores, torch.zeros(len(part), dtype=torch.long))

    def loss(self, batch: Callable[[], Tensor]) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return batch()

    def dev(self) -> str:
        openly = told(self.mean, self.world.splits["dev"])
        return f"open {openly['open']:.1f}  telling {openly['telling']:.1f}  pointing {pointing(self.mean, self.world, 'dev'):.1f}"

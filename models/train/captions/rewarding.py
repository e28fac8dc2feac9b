"""The second phase of training: self-critical sequence training (Rennie et al., CVPR 2017) on sampled captions.

Cross-entropy teaches the next word after a person's words; this phase teaches whole sentences of the network's own,
by REINFORCE. The baseline of a sample is the mean reward of the other samples of its photo (Luo, 2020),
which spares the greedy decoding of the original.
"""

from __future__ import annotations

import copy
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from train.captions.corpus import taught
from train.captions.gaze import gaze
from train.captions.judging import on_dev
from train.captions.model import Plain, Soft, words_of
from train.captions.photos import captions, every_photo
from train.captions.progress import follow, keep, restore
from train.captions.reward import Reward
from train.captions.training import SEED, Corpus, looked
from train.common.beam_search import END, PAD, START, UNK

PHOTOS = 16
SAMPLES = 5
WORDS = 18
LEARNING_RATE = 1e-4
AVERAGE = 0.99
KEEP, LOOK = 50, 200
GAZE = 0.1
# Weight of the cross-entropy on people's captions beside the reward: without it the words in use shrink to the commonest.
TAUGHT = 0.2
# Only photos with so many captions are rewarded: with one, the reward is a matter of luck.
REFERENCES = 4


@torch.no_grad()
def sample(net: Plain | Soft, features: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """Captions drawn from the network word by word: ids [B, WORDS + 1] from `<start>` to `<end>`, padded."""
    count = len(features[0])
    with torch.autocast("cpu", torch.bfloat16):
        step, h, c = net.decoder(features)
        said = torch.full((count, WORDS + 1), PAD)
        said[:, 0] = START
        unfinished = torch.ones(count, dtype=torch.bool)
        for t in range(WORDS):
            logp, h, c = step(said[:, t], h, c)
            chance = logp.float().exp()
            chance[:, [PAD, START, UNK]] = 0
            word = torch.multinomial(chance, 1).squeeze(1)
            said[:, t + 1] = torch.where(unfinished, word, PAD)
            unfinished &= word != END
            if not unfinished.any():
                break
    return said[:, : t + 2]


def longest_first(said: Tensor) -> Tensor:
    """The order of captions [B, T] by length."""
    return (said != PAD).sum(1).argsort(descending=True)


def loss(net: Plain | Soft, features: tuple[Tensor, ...], said: Tensor, advantage: Tensor) -> Tensor:
    """REINFORCE a word, -advantage log p, and a demand on the gaze as in the first phase; `said` is sorted by length."""
    given, target = said[:, :-1].masked_fill(said[:, 1:] == PAD, PAD), said[:, 1:]
    with torch.autocast("cpu", torch.bfloat16):
        logits, alpha = net(features, given)
    going = target != PAD
    surprise = F.cross_entropy(logits.float(), words_of(target, going), reduction="none")
    praised = (words_of(advantage.unsqueeze(1).expand(target.shape), going) * surprise).mean()
    return praised + GAZE * gaze(alpha, going) if isinstance(net, Soft) else praised


def teaching(net: Plain | Soft, corpus: Corpus, random: torch.Generator) -> Tensor:
    """The first phase's loss on a batch of people's captions, without its label smoothing, which would keep the samples random."""
    features, tokens, masks = corpus.batch(random)
    given, said, target = taught(tokens)
    with torch.autocast("cpu", torch.bfloat16):
        logits, alpha = net(features, given)
    value = F.cross_entropy(logits.float(), target, ignore_index=PAD)
    return value + looked(alpha, said, corpus.named, masks) if isinstance(net, Soft) else value


def advantages(reward: Reward, rows: Tensor, said: Tensor) -> tuple[Tensor, float]:
    """Each sample's reward less the mean of its photo's other samples [B], over the batch's standard deviation; and the mean reward.

    Rewards differ by about 0.1 between samples: undivided, their gradient would vanish beside that of `teaching`.
    """
    values = []
    for photo, ids in zip(rows.tolist(), said[:, 1:].tolist(), strict=True):
        values.append(reward(photo, [i for i in ids if i != PAD]))
    value = torch.tensor(values).reshape(-1, SAMPLES)
    others = (value.sum(1, keepdim=True) - value) / (SAMPLES - 1)
    advantage = (value - others).flatten()
    return advantage / advantage.std().clamp_min(1e-6), value.mean().item()


class Rewarded:
    """The phase itself; keeps `FOLDER/rewarded.pt`, from which it goes on."""

    def __init__(self, net: Plain | Soft, corpus: Corpus, steps: int, folder: Path):
        self.net, self.corpus, self.steps, self.path = net.eval(), corpus, steps, folder / "rewarded.pt"
        self.average = copy.deepcopy(net).requires_grad_(False)
        learning = [p for p in net.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(learning, LEARNING_RATE, weight_decay=0, fused=True)
        self.iteration, self.seconds = 0, 0.0
        self.history: list[dict] = []
        restore(self, self.path)
        of = corpus.captions
        self.rows = torch.nonzero(of.count >= REFERENCES).flatten()
        said, photos, number = (
            captions(corpus.data),
            every_photo(corpus.data),
            {w: i for i, w in enumerate(corpus.words)},
        )
        mine = (photos[i] for i in of.photo[self.rows].tolist())
        self.reward = Reward([[[*(number.get(w, UNK) for w in c), END] for c in said[p.source, p.name]] for p in mine])

    def step(self, random: torch.Generator) -> float:
        """One update on the samples of a few photos; returns their mean reward."""
        of = self.corpus.captions
        drawn = torch.multinomial(of.weight[self.rows], PHOTOS, generator=random)
        rows, numbers = drawn.repeat_interleave(SAMPLES), of.photo[self.rows[drawn]].tolist()
        seen = self.corpus.look(numbers, self.corpus.views(PHOTOS, random))
        features = tuple(part.repeat_interleave(SAMPLES, 0) for part in seen)
        said = sample(self.net, features)
        advantage, mean = advantages(self.reward, rows, said)
        order = longest_first(said)
        value = loss(self.net, tuple(part[order] for part in features), said[order], advantage[order])
        self.optimizer.param_groups[0]["lr"] = LEARNING_RATE * (1 - self.iteration / self.steps)
        self.optimizer.zero_grad()
        (value + TAUGHT * teaching(self.net, self.corpus, random)).backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        self.iteration += 1
        follow(self.average, self.net, AVERAGE)
        return mean

    def train(self) -> None:
        """Run the steps left, looking at dev now and then."""
        means, started = [], time.time()
        while self.iteration < self.steps:
            torch.manual_seed(SEED + self.iteration)
            self.net.eval()
            means.append(self.step(torch.Generator().manual_seed(SEED + self.iteration)))
            if self.iteration % KEEP == 0 or self.iteration == self.steps:
                self.seconds += time.time() - started
                record = {
                    "iteration": self.iteration,
                    "reward": round(sum(means) / len(means), 4),
                    "seconds": round(self.seconds),
                }
                if self.iteration % LOOK == 0 or self.iteration == self.steps:
                    record |= on_dev(self.corpus.data, self.corpus.words, self.average, self.corpus.plain)
                self.history.append(record)
                keep(self, self.path)
                print(record, flush=True)
                means, started = [], time.time()

"""The second phase of training: self-critical sequence training (Rennie et al., CVPR 2017) on sampled captions.

Cross-entropy teaches the next word after a person's words; this phase teaches whole sentences of the network's own,
by REINFORCE. The baseline of a sample is the mean reward of the other samples of its photo (Luo, 2020),
which spares the greedy decoding of the original.
"""

from __future__ import annotations

import copy
import os
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from train.captions.data import Features, captions, photos
from train.captions.model import Plain, Soft
from train.captions.reward import Reward
from train.captions.training import SEED, Corpus, follow, gaze, score
from train.common.beam_search import END, PAD, START, UNK

PHOTOS = 16
SAMPLES = 5
WORDS = 18
LEARNING_RATE = 8e-5
AVERAGE = 0.99
CHECK = 94
GAZE = 0.1


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


def loss(net: Plain | Soft, features: tuple[Tensor, ...], said: Tensor, advantage: Tensor) -> Tensor:
    """REINFORCE a word, -advantage log p, and the same demand on the gaze as in the first phase."""
    target = said[:, 1:]
    with torch.autocast("cpu", torch.bfloat16):
        logits, alpha = net(features, said[:, :-1])
    surprise = F.cross_entropy(logits.float().flatten(0, 1), target.flatten(), ignore_index=PAD, reduction="none")
    praised = (advantage.unsqueeze(1) * surprise.reshape(target.shape)).sum() / (target != PAD).sum()
    return praised + GAZE * gaze(alpha, target != PAD) if isinstance(net, Soft) else praised


def advantages(reward: Reward, rows: Tensor, said: Tensor) -> tuple[Tensor, float]:
    """Each sample's reward less the mean of its photo's other samples [B], and the mean reward."""
    values = []
    for photo, ids in zip(rows.tolist(), said[:, 1:].tolist(), strict=True):
        values.append(reward(photo, [i for i in ids if i != PAD]))
    value = torch.tensor(values).reshape(-1, SAMPLES)
    others = (value.sum(1, keepdim=True) - value) / (SAMPLES - 1)
    return (value - others).flatten(), value.mean().item()


class Rewarded:
    """The phase itself; keeps `WORK/NAME/rewarded.pt`, from which it goes on."""

    def __init__(self, net: Plain | Soft, corpus: Corpus, epochs: float, folder: Path):
        self.net, self.corpus, self.folder = net.eval(), corpus, folder
        self.steps = int(epochs * (len(corpus.views[0].mid) // PHOTOS))
        self.average = copy.deepcopy(net).requires_grad_(False)
        self.optimizer = torch.optim.AdamW(net.parameters(), LEARNING_RATE, weight_decay=0, fused=True)
        self.iteration, self.seconds = 0, 0.0
        self.history: list[dict] = []
        if (folder / "rewarded.pt").exists():
            kept = torch.load(folder / "rewarded.pt", weights_only=False)
            for key in ("net", "average", "optimizer"):
                getattr(self, key).load_state_dict(kept[key])
            for key in ("iteration", "seconds", "history"):
                setattr(self, key, kept[key])

    def keep(self) -> None:
        """Write the checkpoint whole or not at all."""
        kept = {k: getattr(self, k).state_dict() for k in ("net", "average", "optimizer")}
        kept |= {k: getattr(self, k) for k in ("iteration", "seconds", "history")}
        torch.save(kept, self.folder / "rewarded.tmp")
        os.replace(self.folder / "rewarded.tmp", self.folder / "rewarded.pt")

    def step(self, reward: Reward, random: torch.Generator) -> float:
        """One update on the samples of a few photos; returns their mean reward."""
        rows = torch.randint(len(self.corpus.views[0].mid), (PHOTOS,), generator=random).repeat_interleave(SAMPLES)
        view = self.corpus.views[int(torch.randint(len(self.corpus.views), (1,), generator=random))]
        features = view.of(rows)
        said = sample(self.net, features)
        advantage, mean = advantages(reward, rows, said)
        value = loss(self.net, features, said, advantage)
        self.optimizer.param_groups[0]["lr"] = LEARNING_RATE * (1 - self.iteration / self.steps)
        self.optimizer.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        self.iteration += 1
        follow(self.average, self.net, AVERAGE)
        return mean

    def train(self, reward: Reward, dev: Features, references: list, words: list[str]) -> None:
        """Run the steps left, looking at dev now and then."""
        while self.iteration < self.steps:
            started, means = time.time(), []
            torch.manual_seed(SEED + self.iteration)
            random = torch.Generator().manual_seed(SEED + self.iteration)
            for _ in range(min(CHECK, self.steps - self.iteration)):
                means.append(self.step(reward, random))
            self.seconds += time.time() - started
            record = {"iteration": self.iteration, "reward": sum(means) / len(means), "seconds": self.seconds}
            self.net.eval()
            if self.iteration // CHECK % 2 == 0 or self.iteration == self.steps:
                record["dev"] = score(self.average, dev, references, words)
            self.history.append(record)
            self.keep()
            print(record, flush=True)


def training_reward(folder: Path, words: list[str]) -> Reward:
    """The reward over the training photos' own captions."""
    number, said = {w: i for i, w in enumerate(words)}, captions(folder)
    names = photos(folder, "train")
    return Reward([[[*(number.get(w, UNK) for w in c), END] for c in said[n]] for n in names])

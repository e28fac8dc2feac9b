"""Training of both captioners by cross-entropy: batches, loss, averaged weights, checkpoints."""

from __future__ import annotations

import copy
import math
import os
import time
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from train.captions.data import LONGEST, VIEWS, Features, captions, load_features, photos
from train.captions.model import Plain, Soft
from train.common.beam_search import END, PAD, START, UNK, Sentence, beam_search, choose
from train.common.bleu import corpus_bleu
from train.common.image_encoder import Encoder

BATCH = 64
POOL = 50
SEED = 2015
LEARNING_RATE = 1e-3
WEIGHT_DECAY = 0.02
AVERAGE = 0.998
SMOOTHING = 0.1
STOCHASTIC = 1.0
SHARPNESS = 0.1
FOCUS = 3.0
DEV_WIDTH = 3
DEV_PENALTY = 0.7


class Corpus:
    """The training captions as numbers, with several cached views of each photo."""

    def __init__(self, folder: Path, work: Path, encoder: Encoder, words: list[str]):
        number = {w: i for i, w in enumerate(words)}
        said, names = captions(folder), photos(folder, "train")
        self.views = [load_features(work, encoder, v, slice(len(names))) for v in VIEWS]
        pairs = [(p, c[:LONGEST]) for p, n in enumerate(names) for c in said[n] if c]
        self.photo = torch.tensor([p for p, _ in pairs])
        self.length = torch.tensor([len(c) for _, c in pairs])
        self.tokens = torch.full((len(pairs), LONGEST + 2), PAD)
        for row, (_, caption) in zip(self.tokens, pairs, strict=True):
            ids = [START, *(number.get(w, UNK) for w in caption), END]
            row[: len(ids)] = torch.tensor(ids)

    def batches(self, random: torch.Generator) -> Iterator[tuple[tuple[Tensor, ...], Tensor]]:
        """An epoch of (features, tokens [B, T + 1]); captions of like length share a batch, a batch one view."""
        order = torch.randperm(len(self.photo), generator=random)
        chunks = []
        for pool in order.split(BATCH * POOL):
            chunks += pool[self.length[pool].argsort()].split(BATCH)
        for at in torch.randperm(len(chunks), generator=random):
            rows = chunks[at]
            view = self.views[int(torch.randint(len(self.views), (1,), generator=random))]
            yield view.of(self.photo[rows]), self.tokens[rows, : int(self.length[rows].max()) + 2]


def gaze(alpha: Tensor, said: Tensor) -> Tensor:
    """What is asked of the attention weights [B, T, 196] at the words `said` [B, T] (true where there is one).

    The doubly stochastic penalty, (1 - sum_t alpha_ti)^2 a place (Xu et al. eq. 14), wants every place seen at
    some time; by itself it is content with a gaze spread over the whole picture, and so is the cross-entropy when the
    features have receptive fields as wide as here. The second term, ours, therefore asks that the entropy of a
    word's weights be at most `FOCUS` nats.
    """
    alpha = alpha.float() * said.unsqueeze(-1)
    covered = (1 - alpha.sum(1)).square().mean()
    entropy = -(alpha * alpha.clamp_min(1e-9).log()).sum(-1)
    return STOCHASTIC * covered + SHARPNESS * ((entropy - FOCUS).relu() * said).sum() / said.sum()


def loss(net: Plain | Soft, features: tuple[Tensor, ...], tokens: Tensor) -> Tensor:
    """Cross-entropy a word with label smoothing, and what is asked of the gaze."""
    target = tokens[:, 1:]
    with torch.autocast("cpu", torch.bfloat16):
        logits, alpha = net(features, tokens[:, :-1])
    total = F.cross_entropy(logits.float().flatten(0, 1), target.flatten(), ignore_index=PAD, label_smoothing=SMOOTHING)
    return total + gaze(alpha, target != PAD) if isinstance(net, Soft) else total


def describe(net: Plain | Soft, features: Features, width: int) -> list[list[Sentence]]:
    """The sentences a beam search in PyTorch finds for each photo."""
    net.eval()
    said = []
    with torch.inference_mode():
        for row in range(len(features.mid)):
            step, *state = net.decoder(features.of(torch.tensor([row])))

            def search_step(token, h, c, step=step):
                logp, h, c = step(torch.from_numpy(token), h, c)
                return logp.numpy(), h, c

            said.append(beam_search(search_step, state, width))
    return said


def score(net: Plain | Soft, features: Features, references: list, words: list[str]) -> list[float]:
    """BLEU-1..4 of a captioner on the way, at a fixed width and length penalty."""
    sentences = describe(net, features, DEV_WIDTH)
    return corpus_bleu(references, [[words[i] for i in choose(s, DEV_PENALTY)] for s in sentences])


class Run:
    """A training run that goes on from its last checkpoint, `WORK/NAME/last.pt`."""

    rate = LEARNING_RATE

    def __init__(self, net: Plain | Soft, corpus: Corpus, epochs: int, folder: Path):
        self.net, self.corpus, self.epochs, self.folder = net, corpus, epochs, folder
        self.average = copy.deepcopy(net).requires_grad_(False)
        self.optimizer = torch.optim.AdamW(net.parameters(), self.rate, weight_decay=WEIGHT_DECAY, fused=True)
        self.epoch, self.iteration, self.seconds = 0, 0, 0.0
        self.history: list[dict] = []
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "last.pt").exists():
            self.restore(torch.load(folder / "last.pt", weights_only=False))

    def restore(self, kept: dict) -> None:
        self.net.load_state_dict(kept["net"])
        self.average.load_state_dict(kept["average"])
        self.optimizer.load_state_dict(kept["optimizer"])
        for key in ("epoch", "iteration", "seconds", "history"):
            setattr(self, key, kept[key])

    def keep(self) -> None:
        """Write the checkpoint whole or not at all."""
        kept = {k: getattr(self, k).state_dict() for k in ("net", "average", "optimizer")}
        kept |= {k: getattr(self, k) for k in ("epoch", "iteration", "seconds", "history")}
        torch.save(kept, self.folder / "last.tmp")
        os.replace(self.folder / "last.tmp", self.folder / "last.pt")

    def objective(self, features: tuple[Tensor, ...], tokens: Tensor) -> Tensor:
        """What an update makes smaller."""
        return loss(self.net, features, tokens)

    def train(self, dev: Features, references: list, words: list[str], every: int = 2) -> None:
        """Run the epochs left, with a cosine learning rate; look at dev every few epochs."""
        steps = self.epochs * math.ceil(len(self.corpus.photo) / BATCH)
        while self.epoch < self.epochs:
            started, losses = time.time(), []
            torch.manual_seed(SEED + self.epoch)
            random = torch.Generator().manual_seed(SEED + self.epoch)
            self.net.train()
            for features, tokens in self.corpus.batches(random):
                self.optimizer.param_groups[0]["lr"] = self.rate * schedule(self.iteration, steps)
                value = self.objective(features, tokens)
                self.optimizer.zero_grad()
                value.backward()
                torch.nn.utils.clip_grad_norm_(self.net.parameters(), 2.0)
                self.optimizer.step()
                self.iteration += 1
                follow(self.average, self.net, min(AVERAGE, 1 - 1 / (1 + self.iteration)))
                losses.append(value.item())
            self.epoch += 1
            self.seconds += time.time() - started
            record = {"epoch": self.epoch, "loss": sum(losses) / len(losses), "seconds": self.seconds}
            if self.epoch % every == 0 or self.epoch == self.epochs:
                record["dev"] = score(self.average, dev, references, words)
            self.history.append(record)
            self.keep()
            print(record, flush=True)


def schedule(iteration: int, steps: int) -> float:
    """A linear start of 300 iterations, then half a cosine down to 2 %."""
    return min(1, (iteration + 1) / 300) * (0.02 + 0.49 * (1 + math.cos(math.pi * iteration / steps)))


@torch.no_grad()
def follow(average: torch.nn.Module, net: torch.nn.Module, decay: float) -> None:
    """The exponential moving average of the weights."""
    torch._foreach_lerp_(list(average.parameters()), list(net.parameters()), 1 - decay)

"""Training of the translators for a number of batches of about as many pieces each."""

from __future__ import annotations

import copy
import math
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import sacrebleu
import torch
from torch import Tensor

from train.translation.copying import Corpus, Drawn, Reader, filled, french_words
from train.translation.model import Translator
from train.translation.recurrent import Smoothed
from train.translation.text import COPIES, END, PAD, START, Pair, multi30k, tatoeba

SEED = 2015
# French pieces in a batch, padding counted, and pairs drawn at a time to find some of like length.
PLACES = 2400
POOL = 4000
RATE = 1.2e-3
WARMUP = 300
AVERAGE = 0.999
# The weight of looking at the word behind a placeholder when it is copied (guided alignment: Mi et al., EMNLP 2016).
GUIDED = 0.3
# The last part of the training is as the translator will be used: no BPE-dropout, more of what is measured, surer words.
LAST = 0.8
EVERYDAY = Path(__file__).with_name("everyday.txt")
KEEP, LOOK = 200, 2000


def phase(done: float) -> tuple[float, float, float]:
    """BPE-dropout, the share of Multi30k (Tatoeba brings the words of every day) and label smoothing."""
    return (0.1, 0.5, 0.1) if done < LAST else (0.0, 0.6, 0.05)


def everyday() -> list[str]:
    """English sentences of our own that a reader of French judges; they were written before the training."""
    return EVERYDAY.read_text(encoding="utf-8").splitlines()


def corpora(folder: Path) -> tuple[list[Pair], list[Pair]]:
    """Training pairs of Multi30k and of Tatoeba, without any sentence of the dev and test sets or of `everyday`."""
    known = {text for split in ("dev", "test") for pair in multi30k(folder, split) for text in pair} | set(everyday())
    both = multi30k(folder, "train"), tatoeba(folder)[0]
    ours, theirs = ([pair for pair in pairs if not known & set(pair)] for pairs in both)
    return ours, theirs


def padded(rows: Sequence[list[int]]) -> Tensor:
    width = max(map(len, rows))
    return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])


@torch.no_grad()
def greedy(net: Translator, texts: Sequence[str], reader: Reader, longest: int = 60) -> list[str]:
    """Translations of many sentences, the likeliest piece each time."""
    net.eval()
    found: list[str] = []
    placeholders = torch.tensor([reader.pieces.ids[name] for name in COPIES])
    for at in range(0, len(texts), 128):
        read = [reader.read(text) for text in texts[at : at + 128]]
        rows = [[*ids, END] for ids, _ in read]
        source, lengths = padded(rows), torch.tensor([len(r) for r in rows])
        annotations, last = net.encoder(source, lengths)
        mask = (torch.arange(source.shape[1]) < lengths.unsqueeze(1)).float()
        fixed, h = net.start(annotations, mask, last)
        token, said, over = torch.full((len(rows),), START), [], torch.zeros(len(rows), dtype=torch.bool)
        copies = torch.isin(source, placeholders)
        looks = []
        for _ in range(longest):
            y = net.embedding(token)
            alpha, context = net.look(h, annotations, fixed, mask) if net.attention else (None, fixed)
            h = net.word(net.gates_y(y), context, h)
            scores = net.output(h, y, context)
            scores[:, :END] = -math.inf
            scores[:, END + 1 : END + 3].masked_fill_(~copies.any(1, keepdim=True), -math.inf)
            token = scores.argmax(1).masked_fill(over, END)
            over |= token == END
            said.append(token)
            if alpha is not None:
                looks.append(alpha.masked_fill(~copies, -1).argmax(1))
            if over.all():
                break
        order = copies.cumsum(1) - 1
        for row, ids in enumerate(torch.stack(said, 1).tolist()):
            ids = ids[: ids.index(END)] if END in ids else ids
            looked = [int(order[row, places[row]]) for places, i in zip(looks, ids, strict=False) if reader.pieces.names[i] in COPIES]
            found.append(filled(reader, ids, read[row][1], iter(looked) if net.attention else None))
    return found


class Run:
    """A run of so many batches that goes on from its last checkpoint, WORK/last.pt."""

    def __init__(self, net: Translator, folder: Path, reader: Reader, work: Path, steps: int):
        self.net, self.reader, self.path, self.steps = net, reader, work / "last.pt", steps
        self.mean = copy.deepcopy(net).requires_grad_(False)
        self.optimiser = torch.optim.AdamW(net.parameters(), RATE, weight_decay=0.01, fused=True)
        self.iteration, self.seconds = 0, 0.0
        pairs = corpora(folder)
        french = french_words(pair for part in pairs for pair in part)
        self.corpora = [Corpus(part, reader, french) for part in pairs]
        self.pairs = multi30k(folder, "dev")
        if self.path.exists():
            kept = torch.load(self.path, weights_only=False)
            for key, part in self.parts().items():
                part.load_state_dict(kept[key])
            self.iteration, self.seconds = kept["iteration"], kept["seconds"]

    def parts(self) -> dict:
        """What a checkpoint holds; "average" are the weights to be shipped."""
        return {"net": self.net, "average": self.mean, "optimiser": self.optimiser}

    def save(self) -> None:
        """Write the checkpoint whole or not at all."""
        kept = {key: part.state_dict() for key, part in self.parts().items()}
        part = self.path.with_name("part.pt")
        torch.save(kept | {"iteration": self.iteration, "seconds": self.seconds}, part)
        part.replace(self.path)

    def batches(self) -> Iterator[list[Drawn]]:
        """Batches of sentences of like lengths, drawn as this part of the training wants them."""
        chance = random.Random(SEED + self.iteration)
        while True:
            dropped, share, _ = phase(self.iteration / self.steps)
            pool = [self.corpora[chance.random() >= share].draw(chance, dropped) for _ in range(POOL)]
            pool.sort(key=lambda drawn: (len(drawn.target), len(drawn.source)))
            cut: list[list[Drawn]] = [[]]
            for drawn in pool:
                if len(drawn.target) * (len(cut[-1]) + 1) > PLACES:
                    cut.append([])
                cut[-1].append(drawn)
            chance.shuffle(cut)
            yield from cut

    def loss(self, batch: list[Drawn]) -> Tensor:
        """Cross-entropy a piece with label smoothing, and where attention should look when a word is copied."""
        source, target = padded([d.source for d in batch]), padded([d.target for d in batch])
        with torch.autocast("cpu", torch.bfloat16):
            scores, alpha = self.net(source, torch.tensor([len(d.source) for d in batch]), target[:, :-1])
        wanted, smoothing = target[:, 1:].flatten(), phase(self.iteration / self.steps)[2]
        loss = Smoothed.apply(scores.flatten(0, 1), wanted, (wanted != PAD).float(), smoothing)
        looks = [(row, t - 1, s) for row, drawn in enumerate(batch) for t, s in drawn.looks]
        if alpha is not None and looks:
            loss = loss - GUIDED * alpha[tuple(torch.tensor(looks).T)].float().clamp_min(1e-6).log().mean()
        return loss

    def update(self, value: Tensor) -> float:
        done = self.iteration / self.steps
        rate = RATE * min(1.0, (self.iteration + 1) / WARMUP) * (0.02 + 0.49 * (1 + math.cos(math.pi * done)))
        self.optimiser.param_groups[0]["lr"] = rate
        self.optimiser.zero_grad(set_to_none=True)
        value.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimiser.step()
        self.iteration += 1
        kept = min(AVERAGE, self.iteration / (self.iteration + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.mean.parameters()), list(self.net.parameters()), 1 - kept)
        return value.item()

    def train(self) -> None:
        """Run the batches left; say the loss often and dev now and then."""
        torch.manual_seed(SEED + self.iteration)
        losses: list[float] = []
        began = time.process_time()
        for batch in self.batches():
            if self.iteration >= self.steps:
                break
            self.net.train()
            losses.append(self.update(self.loss(batch)))
            last = self.iteration == self.steps
            if self.iteration % KEEP == 0 or last:
                self.seconds += time.process_time() - began
                self.save()
                dev = f"  dev {self.dev()}" if self.iteration % LOOK == 0 or last else ""
                spent = f"{self.seconds / 60:6.1f} CPU min {self.iteration:6d}"
                print(f"{spent}  loss {sum(losses) / len(losses):.3f}{dev}", flush=True)
                losses, began = [], time.process_time()

    def dev(self) -> str:
        """How the averaged weights do on dev."""
        found = greedy(self.mean, [a for a, _ in self.pairs], self.reader)
        return f"BLEU {sacrebleu.corpus_bleu(found, [[b for _, b in self.pairs]]).score:.2f}"

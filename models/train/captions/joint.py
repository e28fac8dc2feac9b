"""Trains the image encoder's upper half together with a captioner with soft attention and a segmentation head.

Captions of Flickr8k and COCO (everyday photos drawn twice as often), PASCAL VOC's masks beside them at half weight, and the
guided gaze of Liu et al. (AAAI 2017) with pseudo-masks from the segmentation head. The captioner is the starting point of
caption-soft; the head gives the pseudo-masks of the captioners' own training and does not ship.
"""

from __future__ import annotations

import copy
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from train.captions.corpus import PAD, Captions, taught
from train.captions.gaze import gaze, guided
from train.captions.judging import on_dev
from train.captions.lower import FROZEN
from train.captions.lowered import Lowered
from train.captions.masks import BACKGROUND, CLASSES, learned_masks, named
from train.captions.model import Soft
from train.captions.photos import every_photo
from train.captions.progress import follow, keep, restore, schedule
from train.captions.upper import Upper
from train.common.image_encoder import CHANNELS, Backbone, Encoder

SEED = 2017
STEPS = 2400
EACH, CAPTIONS, MASKS = 3, 84, 12
RATE = 1e-3
# The encoder's rate, for each tensor relative to the standard deviation of its weights: folded batch norms make these differ twentyfold.
RELATIVE_RATE = 2.5e-3
WEIGHT_DECAY = 0.02
SEGMENTATION = 0.5
BACKGROUND_WEIGHT = 0.4
SMOOTHING = 0.1
AVERAGE = 0.998
GUIDED_FROM = 300
FITTED = 1500
KEEP, LOOK = 50, 300


def fitted(lowered: Lowered) -> Encoder:
    """The encoder before training: ImageNet's, its last layers fitted to training photos of the plain view."""
    encoder = Encoder(Backbone())
    maps, _ = lowered.views["plain"]
    train = [i for i, p in enumerate(every_photo(lowered.data)) if p.split == "train" and p.source != "voc"]
    mids, lasts = [], []
    with torch.inference_mode():
        for rows in np.array_split(np.array(train)[:: len(train) // FITTED], 30):
            x = torch.from_numpy(maps[rows]).permute(0, 3, 1, 2).float()
            mid = encoder.backbone.lower[FROZEN:](x)
            mids.append(mid)
            lasts.append(encoder.backbone.upper(mid))
    encoder.fit(torch.cat(mids), torch.cat(lasts))
    return encoder


class Joint(nn.Module):
    """Encoder, captioner and segmentation head, as they are trained together."""

    def __init__(self, encoder: Encoder, words: int):
        super().__init__()
        self.upper = Upper(encoder)
        self.captioner = Soft(words)
        self.segment = nn.Linear(CHANNELS, len(CLASSES))
        self.drop = nn.Dropout(0.1)

    def classes(self, mid: Tensor, deep: Tensor) -> Tensor:
        """Logits [B, 196, 21] of the VOC classes at every place."""
        places = torch.cat([mid, self.captioner.upsample.to(deep.dtype) @ deep], -1)
        # Whole channels are dropped: a mask for every place takes longer to draw than all the rest.
        return self.segment(places * self.drop(places.new_ones(len(places), 1, CHANNELS)))


def segmentation(logits: Tensor, shares: Tensor) -> Tensor:
    """Cross-entropy of the places' classes, weighed by the share of a place that is not void; background weighs less."""
    weight = torch.ones(len(CLASSES))
    weight[BACKGROUND] = BACKGROUND_WEIGHT
    shares = shares * weight
    return -(shares * torch.log_softmax(logits.float(), -1)).sum() / shares.sum().clamp_min(1)


class JointRun:
    """The run, which goes on from `WORK/encoder/last.pt`; `WORK/encoder/encoder.pt` is what it gives in the end."""

    def __init__(self, data: Path, work: Path, words: list[str], steps: int = STEPS):
        torch.manual_seed(SEED)
        self.data, self.folder, self.words, self.steps = data, work / "encoder", words, steps
        self.lowered, self.captions = Lowered(data, work), Captions(data, work, words)
        self.voc, self.named = learned_masks(data, work), named(words)
        self.net = Joint(fitted(self.lowered), len(words))
        self.average = copy.deepcopy(self.net).requires_grad_(False)
        self.optimizer = torch.optim.AdamW(self.groups(), weight_decay=0, fused=True)
        self.iteration, self.seconds = 0, 0.0
        self.history: list[dict] = []
        restore(self, self.folder / "last.pt")

    def groups(self) -> list[dict]:
        """The parameters with their rates: the encoder's relative to their size."""
        learning = [p for p in self.net.upper.parameters() if p.requires_grad]
        found = [{"params": [p], "rate": RELATIVE_RATE * p.std().item(), "weight_decay": 0.0} for p in learning]
        others = [*self.net.captioner.parameters(), *self.net.segment.parameters()]
        found.append({"params": others, "rate": RATE, "weight_decay": WEIGHT_DECAY})
        return [{**group, "lr": group["rate"]} for group in found]

    def views(self, count: int, random: torch.Generator) -> list[str]:
        """A view for each of so many photos."""
        names = list(self.lowered.views)
        return [names[i] for i in torch.randint(len(names), (count,), generator=random)]

    def objective(self, random: torch.Generator) -> tuple[Tensor, dict[str, float]]:
        """The loss of one batch, and its parts."""
        net, captioner = self.net, self.net.captioner
        photos, owner, tokens = self.captions.drawn(EACH, CAPTIONS, random)
        given, said, target = taught(tokens)
        voc = [self.voc[i] for i in torch.randint(len(self.voc), (MASKS,), generator=random)]
        views = self.views(len(photos) + MASKS, random)
        seen = self.lowered.of([*photos.tolist(), *voc], views)
        with torch.autocast("cpu", torch.bfloat16):
            mid, deep, pooled = net.upper(seen)
            logits = net.classes(mid, deep)
            words, alpha = captioner((mid[owner], deep[owner], pooled[owner]), given)
        parts = {
            "words": F.cross_entropy(words.float(), target, ignore_index=PAD, label_smoothing=SMOOTHING),
            "gaze": gaze(alpha, said != PAD),
            "masks": SEGMENTATION * segmentation(logits[len(photos) :], self.lowered.mask(voc, views[len(photos) :])),
        }
        if self.iteration >= GUIDED_FROM:
            found = torch.softmax(logits[: len(photos)].detach().float(), -1)
            parts["guided"] = guided(alpha, self.named[said], found[owner])
        return sum(parts.values()), {k: v.item() for k, v in parts.items()}

    def train(self) -> None:
        """Run the steps left."""
        sums: dict[str, float] = {}
        started = time.time()
        while self.iteration < self.steps:
            torch.manual_seed(SEED + self.iteration)
            random = torch.Generator().manual_seed(SEED + self.iteration)
            self.net.train()
            value, parts = self.objective(random)
            now = schedule(self.iteration, self.steps)
            for group in self.optimizer.param_groups:
                group["lr"] = group["rate"] * now
            self.optimizer.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(self.net.parameters(), 2.0)
            self.optimizer.step()
            self.iteration += 1
            follow(self.average, self.net, min(AVERAGE, self.iteration / (self.iteration + 9)))
            for key, part in parts.items():
                sums[key] = sums.get(key, 0.0) + part / KEEP
            if self.iteration % KEEP == 0 or self.iteration == self.steps:
                self.seconds += time.time() - started
                record = {
                    "iteration": self.iteration,
                    "seconds": round(self.seconds),
                    **{k: round(v, 3) for k, v in sums.items()},
                }
                if self.iteration % LOOK == 0 or self.iteration == self.steps:
                    record |= self.judged()
                self.history.append(record)
                keep(self, self.folder / "last.pt")
                print(record, flush=True)
                self.lowered.find()
                sums, started = {}, time.time()
        torch.save(self.average.upper.encoder.state_dict(), self.folder / "encoder.pt")

    @torch.no_grad()
    def judged(self) -> dict:
        """What the averaged weights do on dev: the sentences' figures, and mIoU of the places."""
        net = self.average.eval()

        def look(numbers: list[int]) -> tuple[Tensor, ...]:
            return net.upper(self.lowered.of(numbers, ["plain"] * len(numbers)))

        with torch.autocast("cpu", torch.bfloat16):
            return on_dev(self.data, self.words, net.captioner, look) | {"miou": round(self.overlap(net), 1)}

    def overlap(self, net: Joint) -> float:
        """Mean intersection over union in percent over the places of VOC's dev photos; a place is of the class that covers most of it."""
        numbers = [i for i, p in enumerate(every_photo(self.data)) if p.source == "voc" and p.split == "dev"]
        both, either = torch.zeros(len(CLASSES)), torch.zeros(len(CLASSES))
        for part in torch.tensor(numbers).split(50):
            views = ["plain"] * len(part)
            mid, deep, _ = net.upper(self.lowered.of(part.tolist(), views))
            shares = self.lowered.mask(part.tolist(), views)
            known = shares.sum(-1) >= 0.5
            found, truth = net.classes(mid, deep).argmax(-1)[known], shares.argmax(-1)[known]
            for k in range(len(CLASSES)):
                both[k] += ((found == k) & (truth == k)).sum()
                either[k] += ((found == k) | (truth == k)).sum()
        return 100 * (both / either.clamp_min(1)).mean().item()

"""The attribute detector of You et al. (CVPR 2016): which of the frequent caption words a photo shows, and where.

Every place of the encoder's grid votes for every attribute, as in the multiple instance learning of Fang et al.
(CVPR 2015), of which You et al. take their visual attributes; the picture as a whole has a vote as well.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from train.captions.corpus import DRAWN, SPECIAL
from train.captions.duplicates import learned
from train.captions.features import Seen
from train.captions.photos import captions, every_photo
from train.common.image_encoder import CHANNELS, DEEP_CHANNELS, HEAD_CHANNELS, MID_CHANNELS, upsampling

COUNT = 256
KEPT = 10
SHARPNESS = 3.0
EPOCHS = 16
BATCH = 64
RATE = 3e-3
SEED = 2016
# Words that no photo can show.
UNSEEN = set(
    "a an the and or as is are was be being been has have having do does doing there this that these those it its he she "
    "they them his her their him who which what some other another each both all one's of to in on at by for from with "
    "while into onto over up down out off through near next behind between around along across against under above "
    "about like very not no just too so something someone each's front back side top another's look looks appears "
    "get gets getting takes taking goes going go towards toward after before during who's where during than more "
    "several many few various one s t their's himself herself themselves background foreground edge middle area way "
    "set different ready off-screen trying type".split()
)


def attribute_words(data: Path, work: Path, words: list[str]) -> list[int]:
    """The ids of the `COUNT` words most often said of training photos, everyday ones counted as often as drawn, without those unseen."""
    said, counts = captions(data), Counter()
    for _, photo in learned(data, work):
        mine = said.get((photo.source, photo.name), [])
        counts.update(dict.fromkeys({w for caption in mine for w in caption}, DRAWN.get(photo.source, 0)))
    number = {w: i for i, w in enumerate(words) if w not in UNSEEN and w not in SPECIAL and len(w) > 1}
    found = sorted((w for w in counts if w in number), key=lambda w: (-counts[w], w))[:COUNT]
    return [number[w] for w in found]


def shown(data: Path, numbers: list[int], words: list[str], attributes: list[int]) -> Tensor:
    """Which attributes the captions of each photo name [N, COUNT]."""
    place = {words[a]: k for k, a in enumerate(attributes)}
    said, photos = captions(data), every_photo(data)
    named = torch.zeros(len(numbers), COUNT)
    for row, number in enumerate(numbers):
        for caption in said[photos[number].source, photos[number].name]:
            named[row, [place[w] for w in caption if w in place]] = 1
    return named


class Detector(nn.Module):
    """Logit of an attribute = the whole picture's vote + a soft maximum of the votes of all places."""

    def __init__(self):
        super().__init__()
        self.whole = nn.Linear(HEAD_CHANNELS, COUNT)
        self.place = nn.Linear(CHANNELS, COUNT, bias=False)
        nn.init.constant_(self.whole.bias, -2.0)
        self.register_buffer("upsample", upsampling(), persistent=False)
        self.drop = nn.Dropout(0.5)

    def pooled_votes(self, votes: Tensor, pooled: Tensor) -> Tensor:
        """Logits [B, COUNT] from the votes of the places [B, 196, COUNT]."""
        return self.whole(self.drop(pooled)) + torch.logsumexp(SHARPNESS * votes, 1) / SHARPNESS

    def forward(self, features: Tensor, pooled: Tensor) -> tuple[Tensor, Tensor]:
        """Probabilities [B, COUNT], and each attribute's region [B, COUNT, 196]: shares of the places in its vote."""
        votes = self.place(features)
        logits = self.pooled_votes(votes, pooled)
        return torch.sigmoid(logits), torch.softmax(SHARPNESS * votes, 1).transpose(1, 2)

    def logits(self, features: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        """Logits [B, COUNT] from features on their own grids."""
        mid, deep, pooled = (self.drop(f) for f in features)
        w_mid, w_deep = self.place.weight.split([MID_CHANNELS, DEEP_CHANNELS], 1)
        return self.pooled_votes(F.linear(mid, w_mid) + self.upsample @ F.linear(deep, w_deep), pooled)


def fitted(seen: Seen, numbers: list[int], named: Tensor) -> Detector:
    """A detector trained on photos, each time in one of their views; `named` [N, COUNT] says what they show."""
    torch.manual_seed(SEED)
    net, views = Detector(), list(seen.views)
    steps = EPOCHS * -(-len(numbers) // BATCH)
    optimiser = torch.optim.AdamW(net.parameters(), RATE, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps, pct_start=0.1)
    for epoch in range(EPOCHS):
        for part in torch.randperm(len(numbers)).split(BATCH):
            view = views[epoch % len(views)]
            with torch.autocast("cpu", torch.bfloat16):
                logits = net.logits(seen.of([numbers[i] for i in part], [view] * len(part)))
            loss = F.binary_cross_entropy_with_logits(logits.float(), named[part])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
    return net.eval()


@torch.inference_mode()
def detected(net: Detector, seen: Seen, numbers: list[int], view: str) -> Tensor:
    """Probabilities [N, COUNT]."""
    parts = (numbers[at : at + BATCH] for at in range(0, len(numbers), BATCH))
    return torch.cat([torch.sigmoid(net.logits(seen.of(part, [view] * len(part)))) for part in parts])


def cross_fitted(seen: Seen, numbers: list[int], named: Tensor, everything: Detector) -> dict[str, Tensor]:
    """Probabilities of all photos in each view, by the rows of the features; each half of the training photos judged by a detector
    fitted to the other half, what is held out by `everything`.

    Otherwise the captioner would learn to trust a detector that has seen the answers.
    """
    halves = torch.randperm(len(numbers), generator=torch.Generator().manual_seed(SEED)).chunk(2)
    nets = [fitted(seen, [numbers[i] for i in part], named[part]) for part in halves]
    judges = {numbers[i]: nets[1 - k] for k, part in enumerate(halves) for i in part}
    found = {}
    for view, row in seen.row.items():
        found[view] = torch.zeros(len(row), COUNT, dtype=torch.float16)
        for net in (everything, *nets):
            mine = [number for number in row if judges.get(number, everything) is net]
            if mine:
                found[view][[row[number] for number in mine]] = detected(net, seen, mine, view).half()
    return found


def average_precision(scores: Tensor, named: Tensor) -> float:
    """The mean over attributes of the average precision, in percent."""
    values = []
    for score, truth in zip(scores.T, named.T, strict=True):
        hit = truth[score.argsort(descending=True)]
        if hit.sum():
            precision = hit.cumsum(0) / torch.arange(1, len(hit) + 1)
            values.append((precision * hit).sum() / hit.sum())
    return 100 * torch.stack(values).mean().item()

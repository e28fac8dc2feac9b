"""Training of the birds' transformers and classifiers, once for each fifth of the photos that is left out."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from train.birds.model import LARGE, SIDE, SPECIES, VIEWS, Head, Locator, Teller, cut
from train.common.dense_encoder import Pyramid, cached, picture
from train.common.image_encoder import HEAD_CHANNELS

SEED = 2015
FOLDS = 5
# While the locators learn, windows are cut from the deepest map of the photo at this side: no pass of the encoder for each.
TEACHING_SIDE = 352
TEACHING_PATCH = 5
EPOCHS, BATCH, RATE, WARMUP = 12, 48, 2e-3, 50
# A window is moved by so much at random, in half sides of the photo.
JITTER = 0.05
# The price of a squared weight of the classifiers.
PRICE = 0.1


def photos(data: Path) -> tuple[list[Path], Tensor, Tensor]:
    """All labelled photos, their species 0 to 19, and the fold each is left out in: its rank among its species, by name, modulo 5."""
    names = sorted(p.name for p in (data / "cub20" / "train").iterdir())
    paths, species, folds = [], [], []
    for at, name in enumerate(names):
        found = sorted((p for part in ("train", "val") for p in (data / "cub20" / part / name).iterdir()), key=lambda p: p.name)
        paths += found
        species += [at] * len(found)
        folds += [rank % FOLDS for rank in range(len(found))]
    return paths, torch.tensor(species), torch.tensor(folds)


def species_names(data: Path) -> list[str]:
    """As a reader writes them: "Painted bunting"."""
    folders = sorted(p.name for p in (data / "cub20" / "train").iterdir())
    return [name.split(".")[1].replace("_", " ").capitalize() for name in folders]


class World:
    """The photos and what the encoder makes of them, plain (row 0) and mirrored (row 1)."""

    def __init__(self, data: Path, work: Path):
        work.mkdir(parents=True, exist_ok=True)
        paths, self.species, self.folds = photos(data)
        self.encoder, self.head = Pyramid().to(memory_format=torch.channels_last), Head()
        self.maps, self.teaching, self.whole = [], [], []
        for mirrored in (False, True):
            kept = "mirrored" if mirrored else "plain"

            def seen(path: Path, side: int, mirrored: bool = mirrored) -> Image.Image:
                return picture(path, side, mirrored)

            self.maps.append(cached(paths, SIDE, work / f"{kept}-{SIDE}", (3,), seen)[0].float())
            self.teaching.append(cached(paths, TEACHING_SIDE, work / f"{kept}-{TEACHING_SIDE}", (3,), seen)[0].float())
            with torch.inference_mode():
                self.whole.append(torch.cat([self.head(part) for part in self.maps[-1].split(64)]))
        if not (work / "large.npy").exists():
            np.save(work / "large.npy", np.stack([np.asarray(picture(p, LARGE)) for p in paths]))
        self.large = np.load(work / "large.npy", mmap_mode="c")

    @torch.inference_mode()
    def views(self, locator: Locator) -> list[Tensor]:
        """[N, 3, 1280] of the photo and the windows that a locator wants, plain and mirrored."""
        made = []
        for mirrored, (maps, whole) in enumerate(zip(self.maps, self.whole, strict=True)):
            views = torch.empty(len(whole), VIEWS, HEAD_CHANNELS)
            views[:, 0] = whole
            for rows in torch.arange(len(whole)).split(16):
                large = (torch.from_numpy(self.large[rows.numpy()]).permute(0, 3, 1, 2).float() - 127) / 128
                large = large.flip(3) if mirrored else large
                for i, theta in enumerate(locator(maps[rows]).unbind(1), 1):
                    image = cut(large, theta, SIDE).contiguous(memory_format=torch.channels_last)
                    views[rows, i] = self.head(self.encoder(image)[3])
            made.append(views)
        return made


class Lesson(nn.Module):
    """What the locators learn from: classifiers of windows cut from a map of the photo at a higher resolution."""

    def __init__(self, head: Head):
        super().__init__()
        self.locator, self.head = Locator(), head
        self.standard = nn.ModuleList(nn.BatchNorm1d(HEAD_CHANNELS, affine=False) for _ in range(VIEWS))
        self.name = nn.ModuleList(nn.Linear(HEAD_CHANNELS, SPECIES) for _ in range(VIEWS))
        for layer in self.name:
            nn.init.zeros_(layer.weight)

    def forward(self, whole: Tensor, maps: Tensor, teaching: Tensor) -> list[Tensor]:
        thetas = self.locator(maps)
        moved = torch.zeros_like(thetas)
        moved[:, :, 2::3] = JITTER * torch.randn(*thetas.shape[:2], 2)
        windows = [self.head(cut(teaching, theta, TEACHING_PATCH)) for theta in (thetas + moved).unbind(1)]
        parts = zip(self.name, self.standard, [whole, *windows], strict=True)
        return [name(F.dropout(standard(view), 0.3)) for name, standard, view in parts]


def located(world: World, left_out: int) -> Locator:
    """The localisation network, trained on the photos of the other folds."""
    torch.manual_seed(SEED + left_out)
    rows = (world.folds != left_out).nonzero().flatten()
    net = Lesson(world.head)
    net.locator.standard.fit(world.maps[0][rows])
    groups = [{"params": net.locator.parameters(), "weight_decay": 0.01}, {"params": net.name.parameters(), "weight_decay": 0.05}]
    optimiser = torch.optim.AdamW(groups, RATE)
    steps, step = EPOCHS * (len(rows) // BATCH), 0
    for _ in range(EPOCHS):
        for batch in rows[torch.randperm(len(rows))].split(BATCH)[: len(rows) // BATCH]:
            mirrored, wanted = int(torch.rand(()) < 0.5), world.species[batch]
            told = net(world.whole[mirrored][batch], world.maps[mirrored][batch], world.teaching[mirrored][batch])
            loss = F.cross_entropy(sum(told), wanted) + 0.5 * sum(F.cross_entropy(one, wanted) for one in told[1:])
            for group in optimiser.param_groups:
                group["lr"] = RATE * min(1, (step + 1) / WARMUP) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            step += 1
    return net.locator.eval()


def told(world: World, views: list[Tensor], left_out: int) -> Teller:
    """A linear classifier for each view, fitted to the end on the photos of the other folds and their mirror images."""
    rows = world.folds != left_out
    wanted, net = world.species[rows].repeat(2), Teller()
    seen = torch.cat([part[rows] for part in views])
    deviation, mean = torch.std_mean(seen, 0)
    net.shift.copy_(mean)
    net.scale.copy_(1 / (deviation + 1e-2))
    optimiser = torch.optim.LBFGS(net.parameters(), max_iter=100, history_size=10)

    def loss() -> Tensor:
        optimiser.zero_grad()
        logp = net(seen)
        price = PRICE * sum(layer.weight.square().sum() for layer in net.name)
        value = sum(F.nll_loss(logp[:, i], wanted) for i in range(VIEWS)) + price
        value.backward()
        return value

    optimiser.step(loss)
    return net.eval()

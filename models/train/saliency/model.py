"""Salient objects, coarse and then refined by looks at sub-regions: Kuen, Wang, Wang, "Recurrent Attentional Networks for
Saliency Detection", CVPR 2016 (arXiv 1604.03227)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from train.common.dense_encoder import CHANNELS, Standard, doubled

SIDE = 224
CANVAS = 112
PATCH = 32
VIEW = 14
WIDTH = 64
CONTEXT = 16
DETAIL = 16
HIDDEN = 128
STEPS = 6
# A window's half side, as a share of the picture's.
SMALLEST, LARGEST = 0.22, 0.6
# Over this share of a window's half its changes fade in from its edge.
FADE = 0.2
PATCH_CHANNELS = 3 + 1 + DETAIL + CONTEXT


def conv(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1), nn.ReLU())


class Coarse(nn.Module):
    """Convolution and deconvolution (section 3.1): the encoder's maps to a coarse map [B, 1, 28, 28] (log-odds) and its
    features [B, 64, 28, 28]."""

    def __init__(self):
        super().__init__()
        self.standard = nn.ModuleList(Standard(c) for c in CHANNELS)
        self.deep = nn.Conv2d(CHANNELS[3], WIDTH, 1)
        self.middle = nn.Conv2d(CHANNELS[2], WIDTH, 1)
        self.low = nn.Conv2d(CHANNELS[1], WIDTH, 1)
        self.first, self.second, self.third = conv(WIDTH, WIDTH), conv(WIDTH, WIDTH), conv(WIDTH, WIDTH)
        self.whole = nn.Linear(CHANNELS[3], WIDTH)
        self.told = nn.Conv2d(WIDTH, 1, 1)
        self.drop = nn.Dropout2d(0.15)

    def forward(self, maps: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        _, f8, f16, f32 = (s(m) for s, m in zip(self.standard, maps, strict=True))
        f32 = self.drop(f32)
        deep = self.first(torch.relu(self.deep(f32) + self.whole(f32.mean((2, 3)))[:, :, None, None]))
        middle = self.second(torch.relu(doubled(deep) + self.middle(self.drop(f16))))
        features = self.third(torch.relu(doubled(middle) + self.low(f8)))
        return self.told(features), features


class Refiner(nn.Module):
    """Recurrent attentive refinement (section 3.2): looks at windows one after another and changes the map inside them."""

    def __init__(self):
        super().__init__()
        self.standard = Standard(CHANNELS[0])
        self.detail = nn.Conv2d(CHANNELS[0], DETAIL, 1)
        self.context = nn.Conv2d(WIDTH, CONTEXT, 1)
        self.begin = nn.Linear(WIDTH, HIDDEN)
        self.wish = nn.Sequential(conv(3 + CONTEXT, 24), nn.Conv2d(24, 1, 1))
        self.place = nn.Linear(HIDDEN, VIEW * VIEW)
        self.size = nn.Linear(HIDDEN + 2, 2)
        self.inward = nn.Sequential(conv(PATCH_CHANNELS, 40), conv(40, 48, 2), conv(48, 64, 2))
        self.cell = nn.GRUCell(64 + 6, HIDDEN)
        self.spread = nn.Linear(HIDDEN, 64)
        self.outward = nn.ModuleList([conv(64, 48), conv(48, 40), conv(40, 24)])
        self.change = nn.Conv2d(24, 1, 3, 1, 1)
        nn.init.zeros_(self.place.weight)
        nn.init.zeros_(self.place.bias)
        nn.init.zeros_(self.size.weight)
        nn.init.zeros_(self.size.bias)
        nn.init.zeros_(self.change.weight)
        nn.init.zeros_(self.change.bias)

    def start(self, finest: Tensor, features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """detail [B, 16, 56, 56], context [B, 16, 28, 28] and the first h [B, 128]."""
        h = torch.tanh(self.begin(features.mean((2, 3))))
        return torch.relu(self.detail(self.standard(finest))), torch.relu(self.context(features)), h

    def locate(self, view: Tensor, context: Tensor, h: Tensor) -> Tensor:
        """θ [B, 2, 3] of the next window, from `view` [B, 3, 14, 14]: the map, how undecided it is, and how often each
        place was looked at. The window's middle is the mean place under a softmax, so a gradient reaches it from everywhere.
        """
        wish = self.wish(torch.cat([view, F.avg_pool2d(context, 2)], 1)).flatten(1) + self.place(h)
        share = torch.softmax(wish, 1)
        middle = (2 * torch.arange(VIEW, device=view.device) + 1) / VIEW - 1
        x, y = middle.repeat(VIEW), middle.repeat_interleave(VIEW)
        mean = torch.stack([share @ x, share @ y], 1)
        half = SMALLEST + (LARGEST - SMALLEST) * torch.sigmoid(self.size(torch.cat([h, mean], 1)))
        # The window stays inside the picture.
        mean = torch.minimum(torch.maximum(mean, half - 1), 1 - half)
        zero = torch.zeros_like(mean[:, 0])
        return torch.stack([half[:, 0], zero, mean[:, 0], zero, half[:, 1], mean[:, 1]], 1).view(-1, 2, 3)

    def refine(self, patch: Tensor, theta: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        """What is added to the log-odds inside the window [B, 1, 32, 32], and the next h, from what it shows [B, 36, 32, 32]."""
        skips = []
        for layer in self.inward:
            patch = layer(patch)
            skips.append(patch)
        h = self.cell(torch.cat([patch.mean((2, 3)), theta.flatten(1)], 1), h)
        x = self.outward[0](patch + self.spread(h)[:, :, None, None])
        x = self.outward[1](doubled(x) + skips[1])
        x = self.outward[2](doubled(x) + skips[0])
        return self.change(x), h


def sampled(picture: Tensor, theta: Tensor, side: int = PATCH) -> Tensor:
    """A window of pictures [B, C, S, S] at side x side places (Jaderberg et al. 2015, eq. 1 and 5)."""
    grid = F.affine_grid(theta, (len(theta), 1, side, side), align_corners=False)
    return F.grid_sample(picture, grid, align_corners=False)


def fade(q: Tensor) -> Tensor:
    """1 inside the window, falling to 0 at its edge (q = -1 or 1) over FADE."""
    return ((1 - q.abs()) / FADE).clamp(0, 1)


def window(theta: Tensor) -> tuple[Tensor, Tensor]:
    """Where each pixel of the canvas lies in the window [B, 112, 112, 2], and how much the window counts there [B, 1, 112, 112]."""
    middle = (2 * torch.arange(CANVAS) + 1) / CANVAS - 1
    across = (middle[None] - theta[:, 0, 2:]) / theta[:, 0, :1]
    down = (middle[None] - theta[:, 1, 2:]) / theta[:, 1, 1:2]
    weight = fade(down)[:, None, :, None] * fade(across)[:, None, None, :]
    shape = (len(theta), CANVAS, CANVAS)
    return torch.stack([across[:, None, :].expand(shape), down[:, :, None].expand(shape)], -1), weight


def pasted(change: Tensor, theta: Tensor) -> tuple[Tensor, Tensor]:
    """A window's change [B, 1, 32, 32] laid on the canvas [B, 1, 112, 112], and the window's weights there."""
    places, weight = window(theta)
    return F.grid_sample(change, places, align_corners=False, padding_mode="border") * weight, weight


def grown(coarse: Tensor) -> Tensor:
    """A coarse map at the canvas's size [B, 1, 112, 112]."""
    return F.interpolate(coarse, (CANVAS, CANVAS), mode="bilinear", align_corners=False)


def overview(odds: Tensor, seen: Tensor) -> Tensor:
    """What the locator is shown [B, 3, 14, 14]."""
    shares = torch.sigmoid(odds)
    return F.avg_pool2d(torch.cat([shares, 4 * shares * (1 - shares), seen], 1), CANVAS // VIEW)


class Saliency(nn.Module):
    """The whole system; `refined` gives the maps after every look."""

    def __init__(self):
        super().__init__()
        self.coarse = Coarse()
        self.refiner = Refiner()

    def refined(self, maps: tuple[Tensor, ...], image: Tensor, noise: float = 0) -> tuple[list[Tensor], list[Tensor]]:
        """Log-odds [B, 1, 112, 112], the coarse ones first, and the windows' weights. `image` [B, 3, 112, 112], (pixel - 127) / 128.

        On photos that it was trained on the coarse map is hardly ever wrong; smooth noise on its log-odds makes it so.
        """
        with torch.no_grad():
            coarse, features = self.coarse(maps)
        odds = grown(coarse)
        if noise:
            odds = odds + noise * grown(torch.randn(len(odds), 1, 7, 7))
        detail, context, h = self.refiner.start(maps[0], features)
        seen, all_odds, windows = torch.zeros_like(odds), [odds], []
        for _ in range(STEPS):
            theta = self.refiner.locate(overview(odds, seen).detach(), context.detach(), h)
            patch = torch.cat([sampled(t, theta) for t in (image, odds.detach() / 4, detail, context)], 1)
            change, h = self.refiner.refine(patch, theta, h)
            laid, weight = pasted(change, theta)
            odds, seen = odds.detach() + laid, seen + weight.detach()
            all_odds.append(odds)
            windows.append(weight)
        return all_odds, windows

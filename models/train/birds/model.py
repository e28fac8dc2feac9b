"""Two spatial transformers that cut parts of a bird out of a photo (Jaderberg et al., NIPS 2015, section 4.3), and what names it."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from train.common.dense_encoder import CHANNELS, Standard
from train.common.image_encoder import HEAD_CHANNELS, Backbone
from train.common.onnx_files import quantise

SIDE = 224
GRID = SIDE // 32
# The photo at the resolution that windows are cut from.
LARGE = 448
# Each window's share of the photo's sides, fixed as in the paper: only where it lies is learned.
SIZES = (0.7, 0.45)
VIEWS = 1 + len(SIZES)
SPECIES = 20
HIDDEN = 48


class Head(nn.Module):
    """The encoder's deepest map [B, 320, S, S] as one vector [B, 1280]: ImageNet's last convolution and the mean over places."""

    def __init__(self):
        super().__init__()
        self.head = Backbone().head
        quantise(self)
        self.requires_grad_(False)
        self.eval()

    def forward(self, deepest: Tensor) -> Tensor:
        return F.relu6(self.head(deepest)).mean((2, 3))


class Locator(nn.Module):
    """The localisation network: from the whole photo's deepest map [B, 320, 7, 7] to theta [B, 2, 6] of two windows.

    A window's middle is the mean place under a softmax, so a gradient reaches it from everywhere; it stays inside the photo.
    """

    def __init__(self):
        super().__init__()
        self.standard = Standard(CHANNELS[3])
        self.drop = nn.Dropout2d(0.2)
        self.hidden = nn.Conv2d(CHANNELS[3], HIDDEN, 1)
        self.wish = nn.Conv2d(HIDDEN, len(SIZES), 1)
        nn.init.zeros_(self.wish.weight)
        nn.init.zeros_(self.wish.bias)
        middle = (2 * torch.arange(GRID) + 1) / GRID - 1
        self.register_buffer("places", torch.stack([middle.repeat(GRID), middle.repeat_interleave(GRID)], 1), persistent=False)
        self.register_buffer("sizes", torch.tensor(SIZES)[:, None], persistent=False)

    def forward(self, deepest: Tensor) -> Tensor:
        wish = self.wish(torch.relu(self.hidden(self.drop(self.standard(deepest)))))
        middle = torch.softmax(wish.flatten(2), 2) @ self.places
        room = 1 - self.sizes
        x, y = torch.minimum(torch.maximum(middle, -room), room).split(1, 2)
        size = self.sizes + torch.zeros_like(x)
        return torch.cat([size, 0 * x, x, 0 * x, size, y], 2)


class Teller(nn.Module):
    """What each view says alone: vectors [B, 3, 1280] of the photo and its two windows to logp [B, 3, 20]. Their sum names the bird."""

    def __init__(self):
        super().__init__()
        self.register_buffer("shift", torch.zeros(VIEWS, HEAD_CHANNELS))
        self.register_buffer("scale", torch.ones(VIEWS, HEAD_CHANNELS))
        self.name = nn.ModuleList(nn.Linear(HEAD_CHANNELS, SPECIES) for _ in range(VIEWS))
        for layer in self.name:
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, views: Tensor) -> Tensor:
        views = (views - self.shift) * self.scale
        told = torch.stack([layer(view) for layer, view in zip(self.name, views.unbind(1), strict=True)], 1)
        return torch.log_softmax(told, 2)


def cut(photo: Tensor, theta: Tensor, side: int) -> Tensor:
    """One window [B, C, side, side] of photos or maps [B, C, S, S], theta [B, 6] (eq. 1 and 5)."""
    grid = F.affine_grid(theta.view(-1, 2, 3), (len(theta), 1, side, side), align_corners=False)
    return F.grid_sample(photo, grid, align_corners=False, padding_mode="border")

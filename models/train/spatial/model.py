"""Spatial transformers in front of a classifier of digits, and the classifier alone: Jaderberg et al., NIPS 2015."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from train.common.mnist import SIDE
from train.spatial.data import CANVAS, POINTS, control_points, places, spline

CLASSES = 10
# "affine" looks three times and learns to straighten, "single" looks once and learns from the answer alone, as the paper's does, "tps" bends
# its grid; "cnn" and "fcn" have no transformer.
HEADS = ("affine", "single", "tps", "cnn", "fcn")
AFFINE = ("affine", "single")
TRANSFORMERS = (*AFFINE, "tps")
PASSES = {"affine": 3, "single": 1, "tps": 1}
# The networks without a transformer get as many weights as the affine one and its classifier together.
WIDTHS = {"cnn": (32, 64, 176)} | dict.fromkeys(TRANSFORMERS, (32, 64, 128))
CONNECTED = 175


class Classifier(nn.Module):
    """Three convolutions and two layers over a picture [B, side, side]."""

    def __init__(self, side: int, widths: tuple[int, int, int]):
        super().__init__()
        first, second, hidden = widths
        self.maps = nn.Sequential(
            *(nn.Conv2d(1, first, 5, padding=2), nn.BatchNorm2d(first), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(first, second, 3, padding=1), nn.BatchNorm2d(second), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(second, second, 3, padding=1), nn.BatchNorm2d(second), nn.ReLU(), nn.MaxPool2d(2)),
        )
        self.name = nn.Sequential(
            nn.Linear(second * (side // 8) ** 2, hidden), nn.ReLU(), nn.Dropout(0.4), nn.Linear(hidden, CLASSES)
        )

    def forward(self, picture: Tensor) -> Tensor:
        """logp [B, 10]."""
        return torch.log_softmax(self.name(self.maps(picture.unsqueeze(1)).flatten(1)).float(), 1)


class Locator(nn.Module):
    """The localisation network: from a picture [B, side, side] the parameters of its transformation, at first `first`.

    The whole picture is halved before; what an earlier pass has cut out of it is not, as little is left to correct there.
    """

    def __init__(self, side: int, first: Tensor):
        super().__init__()
        halved = side == CANVAS
        self.maps = nn.Sequential(
            nn.AvgPool2d(2) if halved else nn.Identity(),
            *(nn.Conv2d(1, 20, 5, padding=2), nn.BatchNorm2d(20), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(20, 40, 3, padding=1), nn.BatchNorm2d(40), nn.ReLU(), nn.MaxPool2d(2)),
        )
        self.hidden = nn.Linear(40 * (side // (8 if halved else 4)) ** 2, 64)
        self.place = nn.Linear(64, first.numel())
        nn.init.zeros_(self.place.weight)
        self.place.bias.data.copy_(first.flatten())

    def forward(self, picture: Tensor) -> Tensor:
        h = torch.relu(self.hidden(self.maps(picture.unsqueeze(1)).flatten(1)))
        return self.place(h).float()


# Places in a picture need more than the eight bits of bfloat16.
@torch.autocast("cpu", enabled=False)
def composed(outer: Tensor, inner: Tensor) -> Tensor:
    """The affine transformation [B, 6] that applies `inner` first, then `outer`."""
    outer, inner = outer.reshape(-1, 2, 3), inner.reshape(-1, 2, 3)
    matrix = outer[:, :, :2] @ inner
    return torch.cat([matrix[:, :, :2], matrix[:, :, 2:] + outer[:, :, 2:]], 2).flatten(1)


class Transformer(nn.Module):
    """A spatial transformer that turns a picture [B, 42, 42] into one of 28×28 for a classifier.

    "affine", "single": theta [B, 6] takes the output's pixels, -1..1 between the edges, to places in the picture (eq. 1). With more
    than one pass, `refine` sees what the last pass has cut out and corrects its transformation (Lin and Lucey, "Inverse
    Compositional Spatial Transformer Networks", CVPR 2017); always the picture itself is sampled.
    "tps": theta [B, 32] are the places in the picture of sixteen control points (appendix A.3).
    """

    def __init__(self, head: str):
        super().__init__()
        self.head = head
        share = SIDE / CANVAS
        if head == "tps":
            first, matrix = share * control_points(), spline(places(SIDE))
        else:
            first = torch.tensor([share, 0.0, 0.0, 0.0, share, 0.0])
            matrix = torch.cat([places(SIDE), torch.ones(SIDE**2, 1)], 1)
        self.locate = Locator(CANVAS, first)
        self.refine = Locator(SIDE, torch.tensor([1.0, 0, 0, 0, 1, 0])) if PASSES[head] > 1 else None
        self.register_buffer("matrix", matrix, persistent=False)
        self.classify = Classifier(SIDE, WIDTHS[head])

    def grid(self, theta: Tensor) -> Tensor:
        """Where each output pixel looks [B, 28, 28, 2]."""
        if self.head == "tps":
            found = self.matrix @ theta.reshape(-1, POINTS**2, 2)
        else:
            found = self.matrix @ theta.reshape(-1, 2, 3).transpose(1, 2)
        return found.reshape(-1, SIDE, SIDE, 2)

    @torch.autocast("cpu", enabled=False)
    def sampled(self, picture: Tensor, theta: Tensor) -> Tensor:
        """The straightened picture [B, 28, 28] (eq. 5: bilinear, nothing outside)."""
        return F.grid_sample(picture.unsqueeze(1), self.grid(theta), align_corners=False).squeeze(1)

    def forward(self, picture: Tensor) -> tuple[Tensor, list[Tensor], Tensor]:
        """logp [B, 10], theta after each pass, and the picture sampled by the last."""
        thetas = [self.locate(picture)]
        seen = self.sampled(picture, thetas[0])
        while self.refine and len(thetas) < PASSES[self.head]:
            thetas.append(composed(thetas[-1], self.refine(seen)))
            seen = self.sampled(picture, thetas[-1])
        return self.classify(seen), thetas, seen


class Connected(nn.Module):
    """Layers without convolutions over a picture [B, 42, 42]: the paper's FCN."""

    def __init__(self):
        super().__init__()
        wide = CONNECTED
        self.name = nn.Sequential(
            *(nn.Flatten(), nn.Linear(CANVAS**2, wide), nn.ReLU(), nn.Dropout(0.2)),
            *(nn.Linear(wide, wide), nn.ReLU(), nn.Dropout(0.2), nn.Linear(wide, CLASSES)),
        )

    def forward(self, picture: Tensor) -> Tensor:
        """logp [B, 10]."""
        return torch.log_softmax(self.name(picture).float(), 1)


class Plain(nn.Module):
    """A classifier alone."""

    def __init__(self, head: str):
        super().__init__()
        self.head = head
        self.classify = Classifier(CANVAS, WIDTHS[head]) if head == "cnn" else Connected()

    def forward(self, picture: Tensor) -> tuple[Tensor]:
        return (self.classify(picture),)


def network(head: str) -> nn.Module:
    return Transformer(head) if head in TRANSFORMERS else Plain(head)


def weights(net: nn.Module) -> int:
    return sum(w.numel() for w in net.parameters())

"""Spatial transformers in front of a classifier of digits, and the classifier alone: Jaderberg et al., NIPS 2015."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from train.common.mnist import SIDE
from train.spatial.data import CANVAS, POINTS, control_points, places, spline

CLASSES = 10
HEADS = ("affine", "tps", "cnn")
# The convolutional network alone gets as many weights as a transformer and its classifier together.
WIDTHS = {"affine": (32, 64, 128), "tps": (32, 64, 128), "cnn": (32, 64, 92)}


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
    """The localisation network: from a picture [B, 42, 42] the parameters of its transformation, at first none."""

    def __init__(self, first: Tensor):
        super().__init__()
        self.maps = nn.Sequential(
            *(nn.AvgPool2d(2), nn.Conv2d(1, 20, 5, padding=2), nn.BatchNorm2d(20), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(20, 40, 3, padding=1), nn.BatchNorm2d(40), nn.ReLU(), nn.MaxPool2d(2)),
        )
        self.hidden = nn.Linear(40 * (CANVAS // 8) ** 2, 64)
        self.place = nn.Linear(64, first.numel())
        nn.init.zeros_(self.place.weight)
        self.place.bias.data.copy_(first.flatten())

    def forward(self, picture: Tensor) -> Tensor:
        h = torch.relu(self.hidden(self.maps(picture.unsqueeze(1)).flatten(1)))
        return self.place(h).float()


class Transformer(nn.Module):
    """A spatial transformer that turns a picture [B, 42, 42] into one of 28×28 for a classifier.

    "affine": theta [B, 6] takes the output's pixels, -1..1 between the edges, to places in the picture (eq. 1).
    "tps": theta [B, 32] are the places in the picture of sixteen control points (appendix A.3).
    """

    def __init__(self, head: str):
        super().__init__()
        self.head = head
        share = SIDE / CANVAS
        if head == "affine":
            first = torch.tensor([share, 0.0, 0.0, 0.0, share, 0.0])
            matrix = torch.cat([places(SIDE), torch.ones(SIDE**2, 1)], 1)
        else:
            first, matrix = share * control_points(), spline(places(SIDE))
        self.locate = Locator(first)
        self.register_buffer("matrix", matrix, persistent=False)
        self.classify = Classifier(SIDE, WIDTHS[head])

    def grid(self, theta: Tensor) -> Tensor:
        """Where each output pixel looks [B, 28, 28, 2]."""
        if self.head == "affine":
            found = self.matrix @ theta.reshape(-1, 2, 3).transpose(1, 2)
        else:
            found = self.matrix @ theta.reshape(-1, POINTS**2, 2)
        return found.reshape(-1, SIDE, SIDE, 2)

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """logp [B, 10], theta, and the straightened picture [B, 28, 28] (eq. 5: bilinear, nothing outside)."""
        theta = self.locate(picture)
        seen = F.grid_sample(picture.unsqueeze(1), self.grid(theta), align_corners=False).squeeze(1)
        return self.classify(seen), theta, seen


class Plain(nn.Module):
    """The classifier alone."""

    head = "cnn"

    def __init__(self):
        super().__init__()
        self.classify = Classifier(CANVAS, WIDTHS["cnn"])

    def forward(self, picture: Tensor) -> tuple[Tensor]:
        return (self.classify(picture),)


def network(head: str) -> nn.Module:
    return Plain() if head == "cnn" else Transformer(head)


def weights(net: nn.Module) -> int:
    return sum(w.numel() for w in net.parameters())

"""Distorted MNIST as in Jaderberg et al., "Spatial Transformer Networks", NIPS 2015, section 4.1 and appendix A.4.

Every picture is 42×42 pixels. R: turned by up to 90° either way. RTS: turned by up to 45°, scaled by 0.7 to 1.2, anywhere in
the picture. P: scaled by 0.75 to 1, then each corner of the picture moved by a normal of 5 pixels ("stretching each corner of an
image", A.4; moving the digit's own corners by as much folds some digits over). E: scaled by 0.75 to 1, sixteen control points of a
thin-plate spline moved by normals of 1.5 pixels.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from train.common.mnist import SIDE, digits

CANVAS = 42
KINDS = ("r", "rts", "p", "e")
SEED = 2015
POINTS = 4


def control_points() -> Tensor:
    """The regular grid of control points [16, 2] (x, y) over -1..1, row by row."""
    along = torch.linspace(-1, 1, POINTS)
    y, x = torch.meshgrid(along, along, indexing="ij")
    return torch.stack([x, y], 2).reshape(-1, 2)


def radial(a: Tensor, b: Tensor) -> Tensor:
    """U(r) = r² log r² between points [m, 2] and [n, 2] (Bookstein, 1989), 0 where they meet."""
    squared = ((a[:, None] - b[None]) ** 2).sum(2)
    return torch.where(squared > 0, squared * squared.clamp_min(1e-12).log(), torch.zeros_like(squared))


def spline(pixels: Tensor) -> Tensor:
    """The matrix [n, 16] that takes the control points' places to those of `pixels` [n, 2]: a thin-plate spline is linear in
    where its control points lie."""
    points = control_points().double()
    count = len(points)
    ones = torch.cat([torch.ones(count, 1).double(), points], 1)
    system = torch.zeros(count + 3, count + 3).double()
    system[:count, :count], system[:count, count:], system[count:, :count] = radial(points, points), ones, ones.T
    basis = torch.cat([radial(pixels.double(), points), torch.ones(len(pixels), 1).double(), pixels.double()], 1)
    return (basis @ torch.linalg.inv(system)[:, :count]).float()


@cache
def bending() -> tuple[Tensor, Tensor]:
    """The picture's pixels [42², 2] in the digit's -1..1, and the spline's matrix at those inside it, the nearest for others."""
    pixels = places(CANVAS) * (CANVAS / SIDE)
    return pixels, spline(pixels.clamp(-1, 1))


def places(side: int) -> Tensor:
    """The centres [side², 2] (x, y) of pixels in -1..1, row by row."""
    along = (torch.arange(side) + 0.5) * (2 / side) - 1
    y, x = torch.meshgrid(along, along, indexing="ij")
    return torch.stack([x, y], 2).reshape(-1, 2)


def uniform(low: float, high: float, count: int, generator: torch.Generator) -> Tensor:
    return low + (high - low) * torch.rand(count, generator=generator)


def sources(kind: str, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor | None]:
    """Where in the digit each pixel of the picture looks, [B, 42, 42, 2], -1..1 between the digit's edges; and for R and RTS the
    matrices [B, 2, 2] that take a step in the picture to the step in the digit."""
    pixels, bent = bending()
    steps = None
    if kind in ("r", "rts"):
        turn, scale, shift = math.pi / 2, torch.ones(count), torch.zeros(count, 1, 2)
        if kind == "rts":
            turn, scale = math.pi / 4, uniform(0.7, 1.2, count, generator)
            room = (CANVAS / SIDE - scale).clamp_min(0).reshape(-1, 1, 1)
            shift = room * (2 * torch.rand(count, 1, 2, generator=generator) - 1)
        angle = uniform(-turn, turn, count, generator)
        rows = torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()], 1).reshape(-1, 2, 2)
        rows = rows / scale.reshape(-1, 1, 1)
        found, steps = (pixels - shift) @ rows, rows.transpose(1, 2)
    elif kind == "p":
        scale = uniform(0.75, 1.0, count, generator).reshape(-1, 1, 1)
        corners = torch.tensor([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]]) * (CANVAS / SIDE)
        moved = corners + torch.randn(count, 4, 2, generator=generator) * (5 * 2 / SIDE)
        found = projected(pixels, moved, corners) / scale
    else:
        scale = uniform(0.75, 1.0, count, generator).reshape(-1, 1, 1)
        moves = torch.randn(count, POINTS**2, 2, generator=generator) * (1.5 * 2 / SIDE)
        found = (pixels + bent @ moves) / scale
    return found.reshape(count, CANVAS, CANVAS, 2), steps


def projected(pixels: Tensor, seen: Tensor, corners: Tensor) -> Tensor:
    """Points [B, n, 2] to which the projection that takes `seen` [B, 4, 2] to `corners` [4, 2] takes `pixels` [n, 2]."""
    count = len(seen)
    x, y = seen.unbind(2)
    u, v = corners.unbind(1)
    zero, one = torch.zeros_like(x), torch.ones_like(x)
    upper = torch.stack([x, y, one, zero, zero, zero, -u * x, -u * y], 2)
    lower = torch.stack([zero, zero, zero, x, y, one, -v * x, -v * y], 2)
    wanted = torch.cat([u, v]).expand(count, 8)
    system = torch.cat([upper, lower], 1) + 1e-6 * torch.eye(8)
    solved = torch.linalg.solve(system, wanted.unsqueeze(2)).squeeze(2)
    rows = torch.cat([solved, torch.ones(count, 1)], 1).reshape(-1, 3, 3)
    ahead = torch.cat([pixels, torch.ones(len(pixels), 1)], 1) @ rows.transpose(1, 2)
    depth = ahead[..., 2:]
    # What lies behind the eye is not seen.
    return torch.where(depth > 0.05, ahead[..., :2] / depth.clamp_min(0.05), torch.full_like(ahead[..., :2], 9.0))


def distorted(pictures: Tensor, kind: str, generator: torch.Generator) -> tuple[Tensor, Tensor | None]:
    """Pictures [B, 42, 42] of digits [B, 28, 28], and the matrices of `sources`."""
    grid, steps = sources(kind, len(pictures), generator)
    return F.grid_sample(pictures.unsqueeze(1), grid, align_corners=False).squeeze(1), steps


def held_out(folder: Path, split: str, kind: str) -> tuple[Tensor, Tensor, Tensor | None]:
    """Every digit of a split distorted once, by seed `SEED`; the labels; and the matrices of `sources`."""
    source, labels = digits(folder, split)
    pictures, steps = distorted(source, kind, torch.Generator().manual_seed(SEED + KINDS.index(kind)))
    return pictures, labels, steps

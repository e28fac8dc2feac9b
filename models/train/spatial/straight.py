"""How upright a spatial transformer makes a digit: the angle that is left, and what teaches it to leave none.

With D what a known distortion makes of a step in the picture and A the transformer's sampling matrix, D A takes a step in the sampled
picture to one in the digit: the angle of its polar part is the turn that is left.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def turned(theta: Tensor, steps: Tensor) -> Tensor:
    """D A [B, 2, 2] of affine parameters [B, 6] and the distortions' matrices [B, 2, 2]."""
    return steps @ theta.reshape(-1, 2, 3)[:, :, :2]


def left(theta: Tensor, steps: Tensor) -> Tensor:
    """The angles that are left [B], in degrees, -180 to 180."""
    m = turned(theta, steps)
    return torch.rad2deg(torch.atan2(m[:, 1, 0] - m[:, 0, 1], m[:, 0, 0] + m[:, 1, 1]))


def wrapped(degrees: Tensor) -> Tensor:
    """Angles as -180 to 180."""
    return (degrees + 180).remainder(360) - 180


def middle(degrees: Tensor) -> Tensor:
    """The median of angles, taken around their mean direction."""
    radians = torch.deg2rad(degrees)
    mean = torch.rad2deg(torch.atan2(radians.sin().mean(), radians.cos().mean()))
    return wrapped(mean + wrapped(degrees - mean).median())


def from_class(degrees: Tensor, labels: Tensor) -> Tensor:
    """Sizes [n] of the angles left, each less its class's median."""
    sizes = torch.empty_like(degrees)
    for label in labels.unique():
        mine = labels == label
        sizes[mine] = wrapped(degrees[mine] - middle(degrees[mine])).abs()
    return sizes


def from_same(degrees: Tensor) -> Tensor:
    """The median absolute deviation of each digit's angles left; `degrees` [digits, distortions]."""
    return torch.stack([wrapped(row - middle(row)).abs().median() for row in degrees])


def apart(first: Tensor, second: Tensor) -> Tensor:
    """How differently two views of a digit are turned, [B], given their D A: √(1 − cos), so that, as in a median, a few bad pairs do not
    decide. The squared difference ‖D₁A₁ − D₂A₂‖² would be made small by looking at a single point."""
    cosine = torch.cosine_similarity(first.flatten(1), second.flatten(1))
    return (1 - cosine + 1e-3).sqrt() - math.sqrt(1e-3)

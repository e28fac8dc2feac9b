"""What all runs of captioners share: the schedule, averaged weights, and checkpoints from which a run goes on."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Protocol

import torch
from torch import nn

WARMING = 300


class Running(Protocol):
    """A run: what its checkpoint holds."""

    net: nn.Module
    average: nn.Module
    optimizer: torch.optim.Optimizer
    iteration: int
    seconds: float
    history: list[dict]


def keep(run: Running, path: Path) -> None:
    """Write the checkpoint whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {k: getattr(run, k).state_dict() for k in ("net", "average", "optimizer")}
    kept |= {k: getattr(run, k) for k in ("iteration", "seconds", "history")}
    torch.save(kept, path.with_suffix(".tmp"))
    os.replace(path.with_suffix(".tmp"), path)


def restore(run: Running, path: Path) -> None:
    """Go on from a checkpoint, where there is one."""
    if path.exists():
        kept = torch.load(path, weights_only=False)
        for key in ("net", "average", "optimizer"):
            getattr(run, key).load_state_dict(kept[key])
        for key in ("iteration", "seconds", "history"):
            setattr(run, key, kept[key])


def schedule(iteration: int, steps: int) -> float:
    """A linear start of 300 iterations, then half a cosine down to 2 %."""
    return min(1, (iteration + 1) / WARMING) * (0.02 + 0.49 * (1 + math.cos(math.pi * iteration / steps)))


@torch.no_grad()
def follow(average: nn.Module, net: nn.Module, decay: float) -> None:
    """The exponential moving average of the weights."""
    torch._foreach_lerp_(list(average.parameters()), list(net.parameters()), 1 - decay)

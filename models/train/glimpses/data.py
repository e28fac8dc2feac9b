"""Cluttered translated MNIST (Mnih et al., NIPS 2014, section 4.1): a digit somewhere in a scene, among pieces of others."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from train.common.mnist import SIDE, digits, varied

PIECE = 8
SEED = 2014


def laid(scenes: Tensor, patches: Tensor, tops: Tensor, lefts: Tensor) -> None:
    """Lay `patches` [B, K, K] over flat `scenes` [B, S, S], each at its place; where ink lies on ink the darker stays."""
    count, side, size = len(scenes), scenes.shape[-1], patches.shape[-1]
    steps = torch.arange(size)
    rows, columns = tops[:, None] + steps, lefts[:, None] + steps
    places = (rows[:, :, None] * side + columns[:, None, :]).reshape(count, -1)
    flat = scenes.view(count, -1)
    flat.scatter_(1, places, torch.maximum(flat.gather(1, places), patches.reshape(count, -1)))


def scenes(source: Tensor, rows: Tensor, side: int, pieces: int, generator: torch.Generator, vary: bool = False) -> Tensor:
    """Scenes [B, S, S]: digit `rows[i]` of `source` [n, 28, 28] whole at a random place, and `pieces` squares of 8×8
    pixels cut from random places of random other digits at random places."""
    count = len(rows)

    def drawn(most: int) -> Tensor:
        return torch.randint(most, (count,), generator=generator)

    made = torch.zeros(count, side, side)
    whole = varied(source[rows], generator) if vary else source[rows]
    laid(made, whole, drawn(side - SIDE + 1), drawn(side - SIDE + 1))
    steps = torch.arange(PIECE)
    for _ in range(pieces):
        other = source[drawn(len(source))]
        top, left = drawn(SIDE - PIECE + 1)[:, None, None], drawn(SIDE - PIECE + 1)[:, None, None]
        piece = other[torch.arange(count)[:, None, None], top + steps[None, :, None], left + steps[None, None, :]]
        laid(made, piece, drawn(side - PIECE + 1), drawn(side - PIECE + 1))
    return made


def held_out(folder: Path, split: str, side: int, pieces: int) -> tuple[Tensor, Tensor]:
    """One scene for each digit of a split, made once and for all by seed `SEED`, and the labels."""
    source, labels = digits(folder, split)
    generator = torch.Generator().manual_seed(SEED)
    return scenes(source, torch.arange(len(source)), side, pieces, generator), labels

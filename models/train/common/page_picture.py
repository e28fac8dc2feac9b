"""Pictures at the sizes networks want, resized as the page does it (src/picture/resize.rs), for slices that tests compare."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def weights(old: int, new: int) -> np.ndarray:
    """[new, old]: each new pixel is the mean of what it covers where the picture shrinks, linear between centres where it grows."""
    if new < old:
        edges = np.arange(new + 1)[:, None] * old / new
        covered = np.minimum(edges[1:], np.arange(1, old + 1)) - np.maximum(edges[:-1], np.arange(old))
        return covered.clip(0) * new / old
    centre = ((np.arange(new) + 0.5) * old / new - 0.5).clip(0, old - 1)
    return (1 - np.abs(centre[:, None] - np.arange(old))).clip(0)


def page_pixels(picture: Image.Image, side: int) -> np.ndarray:
    """[3, side, side], (pixel - 127) / 128, as Photo::normalised."""
    values = np.asarray(picture.convert("RGB"), np.float64)
    rows, columns = weights(picture.height, side), weights(picture.width, side)
    resized = np.einsum("yh,hwc,xw->cyx", rows, values, columns, optimize=True)
    return ((resized - 127) / 128).astype(np.float32)


def opened(path: Path, side: int) -> np.ndarray:
    """As `page_pixels`, of a picture file."""
    return page_pixels(Image.open(path), side)

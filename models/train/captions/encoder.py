"""The image encoder that captions, questions and actions share, trained where WORK lacks it."""

from __future__ import annotations

from pathlib import Path

from train.captions.corpus import vocabulary
from train.captions.features import prepare, trained_encoder
from train.captions.joint import STEPS, JointRun
from train.captions.lower import VIEWS, cache_view
from train.common.image_encoder import Encoder


def shared_encoder(data: Path, work: Path, steps: int = STEPS) -> Encoder:
    """The trained encoder, its weights as they ship.

    Made once: the frozen lower half of all photos is cached, the upper half is trained, and what it gives of each photo is cached
    (`train.captions.features` reads that).
    """
    for view in VIEWS:
        cache_view(data, work / "lower", view)
    words = vocabulary(data, work)
    if not (work / "encoder" / "encoder.pt").exists():
        JointRun(data, work, words, steps).train()
    prepare(data, work, len(words))
    return trained_encoder(work)

"""The shipped answerers, opened with onnxruntime: a photo's features and a question to answers, boxes and gaze."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy import ndarray
from torch import Tensor

from train.common.image_encoder import PLACES, upsampling
from train.common.onnx_files import session
from train.questions.model import HIDDEN


class Shipped:
    """A shipped answerer, opened from its folder."""

    def __init__(self, folder: Path):
        self.files = {p.stem: session(p) for p in folder.glob("*.onnx")}
        self.upsample = upsampling().numpy()

    @property
    def sees(self) -> bool:
        """Whether it is given anything of the photo."""
        return "start" in self.files

    def run(self, file: str, inputs: dict[str, ndarray]) -> dict[str, ndarray]:
        opened = self.files[file]
        given = {i.name: inputs[i.name] for i in opened.get_inputs()}
        return dict(zip([o.name for o in opened.get_outputs()], opened.run(None, given), strict=True))

    def seen(self, photo: tuple[Tensor, Tensor, Tensor]) -> tuple[ndarray, ndarray]:
        """The encoder's outputs [1, 196, C] and [1, P] from the features of one photo on their own grids."""
        mid, deep, pooled = (part.numpy() for part in photo)
        return np.concatenate([mid, self.upsample @ deep], -1), pooled

    def begun(self, places: ndarray | None, pooled: ndarray | None) -> dict[str, ndarray]:
        """What is known before the first word; the blind network needs neither places nor pooled."""
        steer = np.zeros((1, PLACES), np.float32)
        told = {"features": places, "pooled": pooled, "steer": steer, "steering": steer[:, :1]}
        told["h"] = told["c"] = np.zeros((1, HIDDEN), np.float32)
        if self.sees:
            told |= self.run("start", told)
        return told

    def after(self, begun: dict[str, ndarray], words: list[int]) -> dict[str, ndarray]:
        """What the step told after the last word of a question."""
        told = dict(begun)
        for word in words:
            told |= self.run("step", told | {"token": np.array([word])})
            told["h"], told["c"] = told["h_out"], told["c_out"]
        return told

    def read(self, places: ndarray | None, pooled: ndarray | None, words: list[int]) -> dict[str, ndarray]:
        """A whole question about a photo."""
        return self.after(self.begun(places, pooled), words)

"""The shipped captioners, opened with onnxruntime: picture to words as the browser runs them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx
from numpy import ndarray

from train.captions.attributes import KEPT
from train.captions.photos import load_picture, pixels
from train.captions.semantic import ADDED
from train.common.beam_search import END, MAX_WORDS, PAD, START, UNK, Sentence, beam_search, choose
from train.common.onnx_files import session


class Captioner:
    """A shipped captioner ("caption-soft", "caption-hard" and so on), opened from `models`."""

    def __init__(self, models: Path, name: str):
        self.attentive = name != "caption-none"
        self.begin, self.word = (session(models / name / f"{f}.onnx") for f in ("start", "step"))
        self.words = (models / "caption-soft" / "vocabulary.txt").read_text().split("\n")[:-1]
        facts = {p.key: p.value for p in onnx.load(models / name / "step.onnx").metadata_props}
        self.added: int | None = None
        self.removed: int | None = None
        self.width, self.penalty = int(facts["beam"]), float(facts["length_penalty"])

    def given(self, features: ndarray, begun: dict[str, ndarray]) -> dict[str, ndarray]:
        """What the step is given at every word: no noise, nothing painted, the likeliest attributes.

        A visitor's edits, as on the page: `removed` loses its presence, `added` takes the least likely one's place.
        """
        wanted = {i.name for i in self.word.get_inputs()}
        places = np.zeros((1, features.shape[1]), np.float32)
        given = {"features": features, "keys": begun["keys"], "steer": places, "steering": places[:, :1]}
        if "noise" in wanted:
            given["noise"] = places
        if "attributes" in wanted:
            probabilities = begun["probabilities"]
            given["attributes"] = np.argsort(-probabilities, 1, kind="stable")[:, :KEPT]
            given["presence"] = np.take_along_axis(probabilities, given["attributes"], 1)
            given["presence"][given["attributes"] == self.removed] = 0
            if self.added is not None:
                given["attributes"][0, -1], given["presence"][0, -1] = self.added, ADDED
        return given

    def begun(self, features: ndarray, pooled: ndarray) -> dict[str, ndarray]:
        """What `start` gives for a photo, by name."""
        seen = {"features": features, "pooled": pooled} if self.attentive else {"pooled": pooled}
        names = [o.name for o in self.begin.get_outputs()]
        return dict(zip(names, self.begin.run(names, seen), strict=True))

    def sentences(self, features: ndarray, pooled: ndarray, width: int, random=None) -> list[Sentence]:
        """Beam search from the encoder's outputs [1, 196, C] and [1, P]; with a `random` generator the places are sampled."""
        begun = self.begun(features, pooled)
        given = self.given(features, begun) if self.attentive else {}

        def step(tokens, h, c):
            if random is not None:
                given["noise"] = random.gumbel(size=given["noise"].shape).astype(np.float32)
            each = [
                given | {"token": t[None], "h": h[None], "c": c[None]} for t, h, c in zip(tokens, h, c, strict=True)
            ]
            rows = [self.word.run(["logp", "h_out", "c_out"], inputs) for inputs in each]
            return tuple(np.concatenate(r) for r in zip(*rows, strict=True))

        return beam_search(step, (begun["h"], begun["c"]), width)

    def caption(self, features: ndarray, pooled: ndarray, random=None, width: int | None = None) -> list[str]:
        """The words the shipped search chooses, or a search of another width."""
        found = self.sentences(features, pooled, width or self.width, random)
        return [self.words[i] for i in choose(found, self.penalty)]

    def greedy(
        self, features: ndarray, pooled: ndarray, shares: list[ndarray] | None = None
    ) -> list[tuple[str, ndarray]]:
        """The likeliest word at every step, and the weights alpha [196] that the network itself gave the places before it.

        `shares` collects what the attributes [KEPT] were attended to at each word, at input and output together.
        """
        begun = self.begun(features, pooled)
        given, said, token, h, c = self.given(features, begun), [], np.array([START]), begun["h"], begun["c"]
        names = [
            "logp",
            "own_alpha",
            "h_out",
            "c_out",
            *([] if shares is None else ["input_attention", "output_attention"]),
        ]
        for _ in range(MAX_WORDS):
            logp, alpha, h, c, *heeded = self.word.run(names, given | {"token": token, "h": h, "c": c})
            logp[:, [PAD, START, UNK]] = -np.inf
            token = logp.argmax(1)
            if token[0] == END:
                break
            said.append((self.words[token[0]], alpha[0]))
            if shares is not None:
                shares.append(sum(heeded)[0])
        return said


def encode(models: Path, photos: Iterable[Path]) -> list[tuple[ndarray, ndarray]]:
    """Features and pooled of photos by the shipped encoder."""
    encoder = session(models / "caption-encoder" / "caption-encoder.onnx")
    pictures = (pixels(load_picture(photo)) for photo in photos)
    return [tuple(encoder.run(["features", "pooled"], {"image": p[None]})) for p in pictures]

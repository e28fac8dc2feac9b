"""Chooses the captioners' search on dev, measures the shipped files on the test splits, and writes the slices that the tests read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

from train.captions.compare import compared, kept
from train.captions.confidence import confidence, dev_photos
from train.captions.corpus import judged
from train.captions.judging import cider
from train.captions.model import Plain, Soft
from train.captions.photos import every_photo
from train.captions.shipped import Captioner, encode
from train.captions.training import Corpus
from train.captions.trust import edits_worth, gaze_worth
from train.common.beam_search import Sentence, beam_search, choose
from train.common.bleu import bootstrapped, corpus_bleu
from train.common.paths import MODELS

WIDTHS = (1, 2, 3, 4, 5)
SAMPLED = 2015
PENALTIES = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.2)
SETS = {"flickr8k": "Flickr8k", "coco": "COCO everyday"}
# Photos in the committed slice; the attentive captioners share one file of features.
SLICE = {"caption-soft": 4, "caption-hard": 4, "caption-semantic": 4, "caption-none": 40}
PAPER = {
    "caption-soft": ("Xu et al., ICML 2015, arXiv 1502.03044, Table 1, soft attention", (67.0, 44.8, 29.9, 19.5)),
    "caption-hard": ("Xu et al., ICML 2015, arXiv 1502.03044, Table 1, hard attention", (67.0, 45.7, 31.4, 21.3)),
    "caption-semantic": ("You et al., CVPR 2016, arXiv 1603.03925 (no figures for Flickr8k)", (None,) * 4),
    "caption-none": ("Vinyals et al., CVPR 2015, as given in Xu et al., Table 1", (63.0, 41.0, 27.0, None)),
}
DATA = (
    "Flickr8k (Hodosh et al., JAIR 2013), MS-COCO and UIUC PASCAL sentences, PASCAL VOC 2012 masks: research and education, "
    "non-commercial; weights only, no photos"
)
ABOUT = {
    "caption-encoder": {
        "title": "EfficientNet-Lite0 for captions",
        "licence": "research and education",
        "data": f"ImageNet (weights as published); tuned on {DATA}",
        "paper": "Tan and Le, ICML 2019, arXiv 1905.11946",
        "metrics": [],
    },
    "caption-soft": {"title": "Captions with soft attention", "licence": "research and education", "data": DATA},
    "caption-hard": {"title": "Captions with hard attention", "licence": "research and education", "data": DATA},
    "caption-semantic": {
        "title": "Captions with semantic attention",
        "licence": "research and education",
        "data": DATA,
    },
    "caption-none": {"title": "Captions without attention", "licence": "research and education", "data": DATA},
}


def describe(net: Plain | Soft, corpus: Corpus, numbers: list[int], width: int) -> list[list[Sentence]]:
    """The sentences a beam search in PyTorch finds for each photo."""
    net.eval()
    said = []
    with torch.inference_mode():
        for number in numbers:
            step, *state = net.decoder(corpus.plain([number]))

            def search_step(token, h, c, step=step):
                logp, h, c = step(torch.from_numpy(token), h, c)
                return logp.numpy(), h, c

            said.append(beam_search(search_step, state, width))
    return said


def searched(net: Plain | Soft, corpus: Corpus) -> tuple[int, float]:
    """Beam width and length penalty with the best mean of BLEU-4 over the dev splits of both sets."""
    tried: dict[tuple[int, float], float] = {}
    for source in SETS:
        numbers, references = judged(corpus.data, source, "dev")
        for width in WIDTHS:
            found = describe(net, corpus, numbers, width)
            for penalty in PENALTIES:
                said = [[corpus.words[i] for i in choose(s, penalty)] for s in found]
                tried[width, penalty] = tried.get((width, penalty), 0.0) + corpus_bleu(references, said)[3] / len(SETS)
    best = max(tried, key=tried.__getitem__)
    print(f"dev: beam {best[0]}, length penalty {best[1]:g}, mean BLEU-4 {tried[best]:.2f}", flush=True)
    return best


def protocol(captioner: Captioner, photos: int, search: str) -> str:
    """How a captioner's BLEU is measured, in words."""
    return (
        f"corpus BLEU without smoothing, closest reference length; {photos} photos, four or five references; lower case, "
        f"punctuation dropped; shipped ONNX files from picture to words; {search}, length penalty {captioner.penalty:g} chosen on dev; "
        "se by bootstrap over photos"
    )


def measure(models: Path, data: Path, work: Path, name: str, split: str) -> dict:
    """metrics.json's contents: BLEU-1..4 and CIDEr-D of the shipped files on a split of both sets, words in use, the gaze's worth, and how
    sure it may be of a sentence (fitted on dev). The sentences about Flickr8k are kept in `work` for comparisons."""
    captioner, photos = Captioner(models, name), every_photo(data)
    source, figures = PAPER[name]
    metrics, used, distinct = [], set(), set()
    for folder, title in SETS.items():
        numbers, references = judged(data, folder, split)
        seen = encode(models, (photos[i].path(data) for i in numbers))
        ways = {
            "": (captioner.width, None, f"beam {captioner.width}"),
            "greedy_": (1, None, "greedy"),
            "beam5_": (5, None, "beam 5"),
        }
        if name == "caption-hard":
            sampled = np.random.default_rng(SAMPLED)
            ways["sampled_"] = (
                captioner.width,
                sampled,
                f"beam {captioner.width}, a place sampled at every word (numpy seed {SAMPLED})",
            )
        for way, (width, random, search) in ways.items():
            said = [captioner.caption(*one, random, width) for one in seen]
            prefix = way if folder == "flickr8k" else f"{folder}_{way}"
            if not prefix:
                keep = kept(work, name, split)
                keep.parent.mkdir(parents=True, exist_ok=True)
                keep.write_text(json.dumps(said))
            how = {
                "split": f"{title} {split}",
                "n": len(numbers),
                "protocol": protocol(captioner, len(numbers), search),
            }
            for n, (bleu, se) in enumerate(bootstrapped(references, said), 1):
                paper = figures[n - 1] if not prefix else None
                metrics.append(
                    {"name": f"{prefix}bleu{n}", "value": round(bleu, 2), "se": round(se, 2), "paper": paper, **how}
                )
            metrics.append({"name": f"{prefix}cider", "value": round(cider(references, said), 3), "paper": None, **how})
            if not way:
                used |= {w for s in said for w in s}
                distinct |= {" ".join(s) for s in said}
    counted = {
        "split": f"Flickr8k and COCO everyday {split}",
        "paper": None,
        "protocol": "over all sentences of both splits",
    }
    metrics += [
        {"name": "words_in_use", "value": len(used), **counted},
        {"name": "distinct", "value": len(distinct), **counted},
    ]
    if captioner.attentive:
        metrics += gaze_worth(models, name, data)
    if name == "caption-semantic":
        metrics += edits_worth(models, data, split)
    return {"paper": source, "metrics": metrics, "confidence": confidence(models, name, dev_photos(models, data))}


def write_slice(models: Path, data: Path, name: str) -> None:
    """slice.bin, fp16 encoder outputs of a few dev photos (features, then pooled; caption-none: pooled), and
    slice.json: the words the search must find from them, the references, and BLEU of the slice. The captioners with
    attention share caption-soft's slice.bin."""
    numbers, references = (x[: SLICE[name]] for x in judged(data, "flickr8k", "dev"))
    captioner, photos = Captioner(models, name), every_photo(data)
    seen = encode(models, (photos[i].path(data) for i in numbers))
    halves = [[part.astype(np.float16) for part in one] for one in seen]
    kept = [one if captioner.attentive else one[1:] for one in halves]
    found = [captioner.caption(*(part.astype(np.float32) for part in one)) for one in halves]
    if name in ("caption-soft", "caption-none"):
        (models / name / "slice.bin").write_bytes(b"".join(part.tobytes() for one in kept for part in one))
    told = {
        "photos": len(numbers),
        "tensors": [list(part.shape) for part in kept[0]],
        "beam": captioner.width,
        "length_penalty": captioner.penalty,
        "captions": [{"words": w, "references": r} for w, r in zip(found, references, strict=True)],
        "bleu": corpus_bleu(references, found),
    }
    (models / name / "slice.json").write_text(json.dumps(told) + "\n")


def written(name: str, data: Path, work: Path, split: str) -> None:
    """Write a captioner's slice and its metrics.json, and what it is beside those that were measured before."""
    write_slice(MODELS, data, name)
    facts = ABOUT[name] | measure(MODELS, data, work, name, split)
    (MODELS / name / "metrics.json").write_text(json.dumps(facts, indent=2) + "\n")
    compared(MODELS, data, work, split)
    print(json.dumps(facts["metrics"], indent=2), flush=True)

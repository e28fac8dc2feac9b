"""The translators as ONNX files with goldens, and their measurement through those files with onnxruntime."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import sacrebleu
import torch
from numpy import ndarray

from train.common.beam_search import Sentence, beam_search, choose
from train.common.onnx_files import quantise, save, session, sine, write_goldens
from train.translation.copying import Reader, filled
from train.translation.model import DECODER, HIDDEN, KEYS, Read, Start, Step, Translator
from train.translation.text import COPIES, END, PAD, START, Pair, multi30k, tatoeba
from train.translation.training import everyday

PLACES = 48
LONGEST = 60
WIDTHS = (1, 4)
PENALTIES = (0.0, 0.4, 0.6, 0.8, 1.0, 1.2)
LONG = 15
BUCKETS = ((1, 7), (8, 10), (11, 13), (14, 16), (17, 20), (21, 99))
SLICE = 20
ABOUT = {
    "licence": "research and education (Multi30k); Tatoeba CC BY 2.0",
    "data": "Multi30k en-fr (Elliott et al., 2016, 2017), weights only; Tatoeba English-French, CC BY 2.0 (tatoeba.org)",
}
TITLES = {"translate-attention": "Translation with attention", "translate-fixed": "Translation through one fixed vector"}
PAPERS = {
    "translate-attention": "Bahdanau et al., ICLR 2015, arXiv 1409.0473",
    "translate-fixed": "Cho et al., EMNLP 2014, arXiv 1406.1078, the RNNencdec of Bahdanau et al.",
}


class Shipped:
    """A translator, opened from the files that ship."""

    def __init__(self, folder: Path, reader: Reader):
        self.read, self.begin, self.word = (session(folder / f"{f}.onnx") for f in ("read", "start", "step"))
        self.reader, self.attention = reader, "keys" in {o.name for o in self.begin.get_outputs()}
        facts = {p.key: p.value for p in onnx.load(folder / "step.onnx").metadata_props}
        self.width, self.penalty = int(facts["beam"]), float(facts["length_penalty"])
        self.placeholders = [reader.pieces.ids[name] for name in COPIES]

    def annotations(self, ids: Sequence[int]) -> tuple[ndarray, ndarray]:
        """h_j of each piece [n, 2H], and the last states of both directions [1, 2H]."""
        ahead = back = np.zeros((1, HIDDEN), np.float32)
        forward, backward = [], []
        for first, last in zip(ids, reversed(ids), strict=True):
            given = {"forward_token": np.array([first]), "backward_token": np.array([last])}
            ahead, back = self.read.run(None, given | {"h_forward": ahead, "h_backward": back})
            forward.append(ahead)
            backward.append(back)
        pairs = zip(forward, reversed(backward), strict=True)
        return np.concatenate([np.concatenate(p, 1) for p in pairs]), np.concatenate([ahead, back], 1)

    def begun(self, text: str) -> tuple[list[int], list[str], dict, ndarray]:
        """Ids with the end, the words behind the placeholders, what every step is given, and the first state."""
        ids, copied = self.reader.read(text)
        ids = [*ids[: PLACES - 1], END]
        seen, last = self.annotations(ids)
        if not self.attention:
            context, state = self.begin.run(["context", "h"], {"last": last})
            return ids, copied, {"context": context}, state
        whole = np.zeros((1, PLACES, 2 * HIDDEN), np.float32)
        whole[0, : len(ids)] = seen
        mask = (np.arange(PLACES) < len(ids)).astype(np.float32)[None]
        keys, state = self.begin.run(["keys", "h"], {"annotations": whole, "last": last})
        given = {"annotations": whole, "keys": keys, "mask": mask}
        return ids, copied, given | {"steer": np.zeros_like(mask), "steering": np.zeros((1, 1), np.float32)}, state

    def sentences(self, text: str, width: int) -> list[Sentence]:
        """What the search finds; placeholders are said only where the English has one."""
        _, copied, given, state = self.begun(text)

        def step(tokens: ndarray, h: ndarray) -> tuple[ndarray, ...]:
            each = [given | {"token": t[None], "h": h[None]} for t, h in zip(tokens, h, strict=True)]
            rows = [self.word.run(["logp", "h_out"], inputs) for inputs in each]
            return tuple(np.concatenate(r) for r in zip(*rows, strict=True))

        silent = (PAD, START) if copied else (PAD, START, *self.placeholders)
        return beam_search(step, [state], width, LONGEST, silent)

    def told(self, text: str, said: Sequence[int]) -> str:
        """The French of ids, with copied words where placeholders are: those looked at, or without attention the next."""
        ids, copied, given, h = self.begun(text)
        places = [i for i, piece in enumerate(ids) if piece in self.placeholders]
        looked = []
        if self.attention and places:
            for token, piece in zip([START, *said], said, strict=False):
                alpha, h = self.word.run(["alpha", "h_out"], given | {"token": np.array([token]), "h": h})
                if piece in self.placeholders:
                    looked.append(int(alpha[0, places].argmax()))
        return filled(self.reader, said, copied, iter(looked) if self.attention else None)

    def translate(self, text: str) -> str:
        return self.told(text, choose(self.sentences(text, self.width), self.penalty))


def score(found: Sequence[str], pairs: Sequence[Pair]) -> float:
    """sacreBLEU's default BLEU: 13a tokens, cased, exponential smoothing."""
    return sacrebleu.corpus_bleu(list(found), [[b for _, b in pairs]]).score


def export_files(net: Translator, folder: Path, width: int, penalty: float) -> None:
    """read.onnx, start.onnx, step.onnx and golden.json."""
    facts = {"beam": width, "length_penalty": penalty, "max_words": LONGEST, "places": PLACES}
    token = {"token": torch.tensor([7])}
    states = {"h_forward": sine(1, HIDDEN), "h_backward": sine(1, HIDDEN)}
    reading = {"forward_token": torch.tensor([7]), "backward_token": torch.tensor([9])} | states
    read = save(Read(net), reading, ["h_forward_out", "h_backward_out"], folder / "read.onnx", facts)
    last, h = {"last": sine(1, 2 * HIDDEN)}, {"h": sine(1, DECODER)}
    if net.attention:
        seen = {"annotations": sine(1, PLACES, 2 * HIDDEN)}
        begin = seen | last
        begun = save(Start(net), begin, ["keys", "h"], folder / "start.onnx", facts)
        mask = {"mask": (torch.arange(PLACES) < 10).float()[None]}
        steer = {"steer": torch.softmax(sine(1, PLACES), 1), "steering": torch.full((1, 1), 0.5)}
        said = token | h | seen | {"keys": sine(1, PLACES, KEYS)} | mask | steer
        names = ["logp", "alpha", "own_alpha", "h_out"]
    else:
        begin = last
        begun = save(Start(net), begin, ["context", "h"], folder / "start.onnx", facts)
        said, names = token | h | {"context": sine(1, 2 * HIDDEN)}, ["logp", "h_out"]
    spoken = save(Step(net), said, names, folder / "step.onnx", facts)
    write_goldens(folder / "golden.json", {"read": (reading, read), "start": (begin, begun), "step": (said, spoken)})


def tune(shipped: Shipped, pairs: Sequence[Pair]) -> tuple[int, float]:
    """Beam width and length penalty with the best BLEU."""
    tried = []
    for width in WIDTHS:
        found = [shipped.sentences(a, width) for a, _ in pairs]
        for penalty in PENALTIES:
            texts = [shipped.told(a, choose(s, penalty)) for (a, _), s in zip(pairs, found, strict=True)]
            tried.append((score(texts, pairs), width, penalty))
    print("dev:", max(tried), flush=True)
    return max(tried)[1:]


def measure(shipped: Shipped, folder: Path, name: str, split: str) -> dict:
    """metrics.json's contents: BLEU on all, on long sentences, and by the length of the English sentence in words."""
    pairs = multi30k(folder, split)
    found = [shipped.translate(a) for a, _ in pairs]

    def part(low: int, high: int) -> tuple[int, float]:
        rows = [i for i, (a, _) in enumerate(pairs) if low <= len(a.split()) <= high]
        return len(rows), score([found[i] for i in rows], [pairs[i] for i in rows])

    how = (
        f"sacreBLEU {sacrebleu.__version__} (13a, cased) of detokenised French, en-fr; shipped ONNX files from sentence to "
        f"sentence; beam {shipped.width}, length penalty {shipped.penalty:g}, chosen on dev"
    )
    count, long = part(LONG, 999)
    of = "Multi30k test2016" if split == "test" else f"Multi30k {split}"
    metrics = [
        {"name": "bleu", "value": score(found, pairs), "protocol": f"{how}; {len(pairs)} sentences"},
        {"name": "bleu_long", "value": long, "protocol": f"{how}; the {count} sentences of {LONG} words and more"},
    ]
    for low, high in BUCKETS:
        count, value = part(low, high)
        spans = f"{how}; the {count} sentences of {low} to {high} words"
        metrics.append({"name": f"bleu_words_{low}_{high}", "value": value, "protocol": spans})
    told = [m | {"value": round(m["value"], 2), "split": of, "paper": None} for m in metrics]
    return {"title": TITLES[name], **ABOUT, "paper": PAPERS[name], "metrics": told}


def write_slice(shipped: Shipped, folder: Path, path: Path) -> None:
    """A few sentences of Tatoeba that were held out, their pieces, and what the shipped search makes of them."""
    texts = [next(a for a, _ in pairs) for pairs in grouped(tatoeba(folder)[1])][-SLICE * 5 :: 5]
    told = [{"source": t, "pieces": shipped.reader.read(t)[0], "translation": shipped.translate(t)} for t in texts]
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_everyday(shipped: Shipped, path: Path) -> None:
    """Our own sentences with their translations, for a reader of French to judge; `right` is filled in by hand."""
    judged = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    known = {(case["source"], case["translation"]): case["right"] for case in judged}
    pairs = ((text, shipped.translate(text)) for text in everyday())
    told = [{"source": a, "translation": b, "right": known.get((a, b))} for a, b in pairs]
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def judged(path: Path) -> list[dict]:
    """The metric `everyday`, once every sentence has been judged."""
    right = [case["right"] for case in json.loads(path.read_text(encoding="utf-8"))]
    if None in right:
        return []
    how = f"{len(right)} everyday sentences written before the training and kept out of it; right by the judgement of a reader of French"
    return [{"name": "everyday", "value": sum(right), "protocol": how, "split": "everyday.json", "paper": None}]


def grouped(pairs: Sequence[Pair]) -> list[list[Pair]]:
    found: dict[str, list[Pair]] = {}
    for pair in pairs:
        found.setdefault(pair[0], []).append(pair)
    return list(found.values())


def export(name: str, net: Translator, reader: Reader, folder: Path, models: Path, split: str) -> None:
    """Write the folder of a model, all but its card: the search chosen on dev, the rest measured on `split`."""
    target = models / name
    target.mkdir(parents=True, exist_ok=True)
    net.eval()
    quantise(net)
    if net.attention:
        reader.save(target)
    export_files(net, target, 1, 0.0)
    width, penalty = tune(Shipped(target, reader), multi30k(folder, "dev"))
    export_files(net, target, width, penalty)
    shipped = Shipped(target, reader)
    write_slice(shipped, folder, target / "slice.json")
    write_everyday(shipped, target / "everyday.json")
    facts = measure(shipped, folder, name, split)
    facts["metrics"] += judged(target / "everyday.json")
    (target / "metrics.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(facts["metrics"], indent=2), flush=True)

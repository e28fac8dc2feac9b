"""Makes models/manifest.json from the files of models/*/ and each folder's metrics.json.

    python -m train.common.manifest           writes it (run in models/)
    python -m train.common.manifest --check   fails if it is not what would be written

Each of a model's `metrics` has `name`, `value`, `split`, `paper` (what the paper reports, or null) and `protocol`. Where they are known it
also has `n` (how many cases), `se` (the standard error, in the unit of `value`) and `chance` (what guessing reaches). The page shows no
comparison of figures without `se`. A captioner's `confidence` says how sure it may be of a sentence (train/captions/confidence.py).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

import onnx

from train.common.paths import MODELS

ORDER = [
    *("draw-mnist", "draw-mnist-noattention", "draw-2digits"),
    *("caption-encoder", "caption-soft", "caption-hard", "caption-semantic", "caption-none"),
    *("translate-attention", "translate-fixed"),
    *("handwriting", "handwriting-none"),
    *("vqa", "vqa-pooled", "vqa-blind"),
    *("ram-cluttered", "draw-read-cluttered", "stn-mnist"),
    "stn-birds",
    *("action", "action-mean", "dense-encoder", "saliency", "scale"),
    *("vit-digits", "cloze"),
]
SHIPPED = {".onnx", ".txt"}
TOKENIZER = "tokenizer.json"


def described(file: Path) -> dict:
    """A file's entry: the name code calls it by, path below models/, SHA-256, size in bytes."""
    held = file.read_bytes()
    path = file.relative_to(MODELS).as_posix()
    return {"name": file.stem, "path": path, "sha256": hashlib.sha256(held).hexdigest(), "bytes": len(held)}


def entry(folder: Path) -> dict:
    """A model's entry; the opset is that of its graphs, which must agree."""
    files = sorted(f for f in folder.iterdir() if f.suffix in SHIPPED or f.name == TOKENIZER)
    graphs = [onnx.load(f) for f in files if f.suffix == ".onnx"]
    opsets = {o.version for g in graphs for o in g.opset_import if not o.domain}
    if len(opsets) != 1:
        raise SystemExit(f"{folder.name}: opsets {sorted(opsets)}, not one")
    facts = json.loads((folder / "metrics.json").read_text())
    made = {"title": facts["title"], "files": [described(f) for f in files]}
    made |= {k: facts[k] for k in ("licence", "data", "paper")}
    confidence = {"confidence": facts["confidence"]} if "confidence" in facts else {}
    return made | {"opset": opsets.pop(), "metrics": facts["metrics"]} | confidence


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    found = {f.parent.name for f in MODELS.glob("*/metrics.json")}
    names = [n for n in ORDER if n in found] + sorted(found - set(ORDER))
    text = json.dumps({"models": {n: entry(MODELS / n) for n in names}}, indent=2, ensure_ascii=False) + "\n"
    path = MODELS / "manifest.json"
    if not args.check:
        path.write_text(text)
    elif not path.exists() or path.read_text() != text:
        sys.exit("models/manifest.json does not describe the files: run python -m train.common.manifest in models/")


if __name__ == "__main__":
    main()

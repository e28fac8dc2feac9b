"""The captioners beside each other on the same photos: by how much one is better, with the standard error of the difference."""

from __future__ import annotations

import json
from pathlib import Path

from train.captions.corpus import judged
from train.common.bleu import bootstrapped_lead

PAIRS = (
    ("caption-soft", "caption-none"),
    ("caption-hard", "caption-none"),
    ("caption-soft", "caption-hard"),
    ("caption-semantic", "caption-soft"),
    ("caption-semantic", "caption-none"),
)


def kept(work: Path, name: str, split: str) -> Path:
    """Where a captioner's sentences about a split of Flickr8k lie, as its shipped files said them."""
    return work / name / f"said-{split}.json"


def compared(models: Path, data: Path, work: Path, split: str) -> None:
    """Enter `bleu4_over_OTHER` into the metrics of the first of each pair that has been measured, in place of what stood there."""
    _, references = judged(data, "flickr8k", split)
    for name, other in PAIRS:
        if not all(kept(work, one, split).exists() for one in (name, other)):
            continue
        ours, theirs = (json.loads(kept(work, one, split).read_text()) for one in (name, other))
        value, se = bootstrapped_lead(references, ours, theirs)
        metric = {
            "name": f"bleu4_over_{other.removeprefix('caption-')}",
            "value": round(value, 2),
            "n": len(references),
            "se": round(se, 2),
            "split": f"Flickr8k {split}",
            "paper": None,
            "protocol": f"BLEU-4 less that of {other}, each with its shipped search; se by bootstrap, the same photos drawn for both",
        }
        path = models / name / "metrics.json"
        facts = json.loads(path.read_text())
        others = [one for one in facts["metrics"] if one["name"] != metric["name"]]
        path.write_text(json.dumps(facts | {"metrics": [*others, metric]}, indent=2) + "\n")

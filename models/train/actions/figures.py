"""What stands in metrics.json of the watchers: accuracy of the shipped fold and of all four, the lead over the mean, and the gaze's worth."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy import ndarray

from train.actions.data import FOLDS, SHIPPED
from train.common.figures import BINOMIAL, of_share

# Sharma et al., Table 1, on HMDB-51 (51 actions): a soft-attention model, and an LSTM with average pooling.
PAPER = {"action": 41.3, "action-mean": 40.5}
SOURCES = "every fourth source video of an action held out"


def averaged(values: ndarray) -> dict:
    """`value`, `n` and `se` of a mean over clips; clips without a value (nan) are left out."""
    held = values[~np.isnan(values)]
    return {"value": round(float(held.mean()), 3), "n": len(held), "se": round(float(held.std(ddof=1)) / math.sqrt(len(held)), 3)}


def metrics(name: str, told: dict[str, list[ndarray]], work: Path) -> list[dict]:
    """The figures of a watcher, from what `named_rightly` and `gaze_worth` tell of each fold's test clips; the lead where both are trained."""
    shipped, every = told["accuracy"][SHIPPED], np.concatenate(told["accuracy"])
    one, all_four = round(100 * shipped.mean(), 1), round(100 * every.mean(), 1)
    named = "percent of clips named rightly by the mean of the probabilities after 16 frames; ONNX files, from the encoder's features on"
    found = [
        {
            "name": "accuracy",
            "value": one,
            **of_share(one, len(shipped)),
            "split": f"JHMDB, {len(shipped)} clips, {SOURCES}",
            "paper": PAPER[name],
            "protocol": f"{named}; {BINOMIAL}",
        },
        {
            "name": "accuracy_folds",
            "value": all_four,
            **of_share(all_four, len(every)),
            "split": f"JHMDB, all {len(every)} clips, {FOLDS} folds by source video, each named by a file that was not trained on its fold",
            "protocol": f"{named}; {BINOMIAL}",
        },
    ]
    others = [work / f"action-mean-{fold}" / "right.npy" for fold in range(FOLDS)]
    if name != "action":
        return found
    if all(p.exists() for p in others):
        lead = 100 * (every.astype(float) - np.concatenate([np.load(p) for p in others]))
        found.append(
            {
                "name": "attention_lead",
                **averaged(lead),
                "split": f"JHMDB, {len(every)} clips, {FOLDS} folds",
                "protocol": "accuracy less that of action-mean on the same clips, in points; se of the paired differences",
            }
        )
    protocol = {
        "gaze_motion": "share of attention on the fifth of places that move most (difference of neighbouring frames less its median); .20 by chance; mean over clips",
        "gaze_change": "share of neighbouring frames between which the strongest place changes; mean over clips",
    }
    for key, how in protocol.items():
        found.append({"name": key, **averaged(told[key][SHIPPED]), "split": f"JHMDB, {len(shipped)} clips, {SOURCES}", "protocol": how})
    return found

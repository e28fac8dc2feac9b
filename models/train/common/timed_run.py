"""Training by the processor's clock: a cosine over the time spent, averaged weights, checkpoints from which a run goes on."""

from __future__ import annotations

import copy
import math
import random
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

TELL = 240


class TimedRun:
    """A run of so many minutes of processor time that goes on from its last checkpoint, WORK/last.pt. What it trains on is its heir's matter."""

    seed = 1
    rate = 1e-3
    average = 0.998
    warmup = 200

    def __init__(self, net: nn.Module, work: Path, minutes: float):
        self.net, self.work, self.budget = net, work, minutes * 60
        self.mean = copy.deepcopy(net).requires_grad_(False)
        self.optimiser = torch.optim.AdamW(net.parameters(), self.rate, weight_decay=0.01, fused=True)
        self.spent, self.iteration = 0.0, 0
        work.mkdir(parents=True, exist_ok=True)
        if (work / "last.pt").exists():
            kept = torch.load(work / "last.pt", weights_only=False)
            for key, part in self.parts().items():
                part.load_state_dict(kept[key])
            self.spent, self.iteration = kept["spent"], kept["iteration"]

    def parts(self) -> dict:
        """What a checkpoint holds; "average" are the weights to be shipped."""
        return {"net": self.net, "average": self.mean, "optimiser": self.optimiser}

    def batches(self, chance: random.Random) -> Iterator:
        """Batches for ever."""
        raise NotImplementedError

    def loss(self, batch) -> Tensor:
        """What an update on a batch makes smaller."""
        raise NotImplementedError

    def dev(self) -> str:
        """How the averaged weights do on dev, in words."""
        raise NotImplementedError

    def save(self) -> None:
        """Write the checkpoint whole or not at all."""
        kept = {key: part.state_dict() for key, part in self.parts().items()}
        torch.save(kept | {"spent": self.spent, "iteration": self.iteration}, self.work / "part.pt")
        (self.work / "part.pt").replace(self.work / "last.pt")

    def train(self) -> None:
        torch.manual_seed(self.seed + self.iteration)
        began, told, losses = time.process_time(), time.process_time(), []
        for batch in self.batches(random.Random(self.seed + self.iteration)):
            if self.spent >= self.budget:
                break
            self.net.train()
            losses.append(self.update(self.loss(batch)))
            self.spent, began = self.spent + time.process_time() - began, time.process_time()
            if time.process_time() - told > TELL:
                self.save()
                loss = sum(losses) / len(losses)
                print(f"{self.spent / 60:5.1f} min {self.iteration:6d}  loss {loss:.3f}  dev {self.dev()}", flush=True)
                told, began, losses = time.process_time(), time.process_time(), []
        self.save()

    def update(self, value: Tensor) -> float:
        phase = min(1.0, self.spent / self.budget)
        rate = self.rate * min(1.0, (self.iteration + 1) / self.warmup) * (0.02 + 0.49 * (1 + math.cos(math.pi * phase)))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.zero_grad(set_to_none=True)
        value.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimiser.step()
        self.iteration += 1
        kept = min(self.average, self.iteration / (self.iteration + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.mean.parameters()), list(self.net.parameters()), 1 - kept)
        return value.item()

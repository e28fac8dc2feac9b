"""What is asked of the attention weights in training: coverage, a narrow gaze, and places on what the word names."""

from __future__ import annotations

import torch
from torch import Tensor

STOCHASTIC = 1.0
SHARPNESS = 0.1
FOCUS = 3.0
GUIDED = 0.25
# A place counts for a class from this probability on, and a mask only where a place reaches the second.
FAINT, CERTAIN = 0.3, 0.5


def gaze(alpha: Tensor, said: Tensor) -> Tensor:
    """A penalty on the attention weights [B, T, 196] at the words `said` [B, T] (true where there is one).

    The doubly stochastic penalty, (1 - sum_t alpha_ti)^2 a place (Xu et al. eq. 14), wants every place seen at
    some time; by itself it is content with a gaze spread over the whole picture, and so is the cross-entropy when the
    features have receptive fields as wide as here. The second term, ours, therefore asks that the entropy of a
    word's weights be at most `FOCUS` nats.
    """
    alpha = alpha.float() * said.unsqueeze(-1)
    covered = (1 - alpha.sum(1)).square().mean()
    entropy = -(alpha * alpha.clamp_min(1e-9).log()).sum(-1)
    return STOCHASTIC * covered + SHARPNESS * ((entropy - FOCUS).relu() * said).sum() / said.sum()


def guided(alpha: Tensor, classes: Tensor, masks: Tensor) -> Tensor:
    """Guided gaze (Liu et al., AAAI 2017): -log of the attention that lies on what the word names, mean over such words.

    alpha [B, T, 196]; `classes` [B, T, 21] is 1 where the word names a VOC class; `masks` [B, 196, 21] are probabilities of the classes, of
    a person's masks or of the segmentation head's (pseudo-masks). Words whose class no place surely shows are left out.
    """
    at = classes.sum(-1) > 0
    owner, when = at.nonzero(as_tuple=True)
    shown = torch.einsum("nc,npc->np", classes[owner, when], masks[owner])
    sure = shown.amax(-1) >= CERTAIN
    if not sure.any():
        return alpha.new_zeros(())
    shown = (shown * (shown >= FAINT)).clamp_max(1)[sure]
    inside = (alpha[owner, when][sure].float() * shown).sum(-1)
    return GUIDED * -inside.clamp_min(1e-6).log().mean()

"""A GRU over a batch of sentences, alone or with additive attention, with its gradient written out.

Autograd adds to the gradient of every weight at every step of the loop; here the steps are kept and each weight's gradient is
one product at the end, which halves the time of a batch on a CPU. Products are in bfloat16, sums in float32.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

HALF = torch.bfloat16


def times(x: Tensor, weight: Tensor) -> Tensor:
    """x W for a weight that is in bfloat16 already."""
    return (x.to(HALF) @ weight).float()


def across(left: list[Tensor], right: list[Tensor]) -> Tensor:
    """The gradient of a weight, the sum over all steps of left^T right."""
    return (torch.cat(left).to(HALF).T @ torch.cat(right).to(HALF)).float()


def gated(x: Tensor, g: Tensor, h: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """The gates r, z, n, the state's share of n, and the next state."""
    size = h.shape[1]
    r, z = (x[:, : 2 * size] + g[:, : 2 * size]).sigmoid().split(size, 1)
    share = g[:, 2 * size :]
    n = (x[:, 2 * size :] + r * share).tanh()
    return r, z, n, share, n + z * (h - n)


def gates_back(grad: Tensor, h: Tensor, r: Tensor, z: Tensor, n: Tensor, share: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """From the next state's gradient those of the input's gates, the state's gates, and the state itself."""
    new = grad * (1 - z) * (1 - n * n)
    update = grad * (h - n) * z * (1 - z)
    reset = new * share * r * (1 - r)
    return torch.cat([reset, update, new], 1), torch.cat([reset, update, new * r], 1), grad * z


class Plain(torch.autograd.Function):
    """States [T, B, H] of a GRU from the input's gates [T, B, 3H], the first state, and the weight and bias of the state's gates."""

    @staticmethod
    def forward(ctx, gates: Tensor, h: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        turned, kept, states = weight.to(HALF).T.contiguous(), [], []
        gates, h = gates.float(), h.float()
        for x in gates:
            r, z, n, share, after = gated(x, times(h, turned) + bias, h)
            kept.append((h, r, z, n, share))
            states.append(after)
            h = after
        ctx.kept, ctx.weight = kept, weight.to(HALF)
        return torch.stack(states)

    @staticmethod
    @once_differentiable
    def backward(ctx, wanted: Tensor) -> tuple[Tensor, ...]:
        carry, inputs, recurrent = torch.zeros_like(wanted[0]), [], []
        for t in reversed(range(len(ctx.kept))):
            into, state, carry = gates_back(wanted[t] + carry, *ctx.kept[t])
            carry = carry + times(state, ctx.weight)
            inputs.append(into)
            recurrent.append(state)
        states = [kept[0] for kept in reversed(ctx.kept)]
        weight = across(recurrent, states)
        return torch.stack(inputs[::-1]), carry, weight, torch.cat(recurrent).sum(0)


class Attending(torch.autograd.Function):
    """States [T, B, H], contexts [T, B, A] and alpha [T, B, S] of a decoder that looks before every piece (eq. 5-6)."""

    @staticmethod
    def forward(ctx, gates: Tensor, h: Tensor, annotations: Tensor, keys: Tensor, mask: Tensor, *weights: Tensor):
        query, query_bias, energy, gates_c, gates_h, bias = weights
        to_query, to_gates = (w.to(HALF).T.contiguous() for w in (query, gates_h))
        from_context = gates_c.to(HALF).T.contiguous()
        gates, h = gates.float(), h.float()
        seen, asked, behind = annotations.to(HALF), keys.to(HALF), 1e4 * (1 - mask)
        line = energy[0].to(HALF)
        kept, states, contexts, alphas = [], [], [], []
        for x in gates:
            heard = (asked + (times(h, to_query) + query_bias).to(HALF).unsqueeze(1)).tanh()
            alpha = torch.softmax((heard @ line).float() - behind, 1)
            context = (alpha.to(HALF).unsqueeze(1) @ seen).squeeze(1).float()
            r, z, n, share, after = gated(x + times(context, from_context), times(h, to_gates) + bias, h)
            kept.append((h, r, z, n, share))
            states.append(after)
            contexts.append(context)
            alphas.append((alpha, heard))
            h = after
        ctx.kept, ctx.contexts, ctx.alphas, ctx.seen = kept, contexts, alphas, seen
        ctx.weights = query.to(HALF), line, gates_c.to(HALF), gates_h.to(HALF)
        return torch.stack(states), torch.stack(contexts), torch.stack([alpha for alpha, _ in alphas])

    @staticmethod
    @once_differentiable
    def backward(ctx, of_states: Tensor, of_contexts: Tensor, of_alphas: Tensor) -> tuple[Tensor | None, ...]:
        query, line, gates_c, gates_h = ctx.weights
        carry = torch.zeros_like(of_states[0])
        of_keys = torch.zeros_like(ctx.alphas[0][1], dtype=torch.float32)
        of_line = torch.zeros(len(line))
        inputs, recurrent, asked, given = [], [], [], []
        for t in reversed(range(len(ctx.kept))):
            into, state, carry = gates_back(of_states[t] + carry, *ctx.kept[t])
            alpha, heard = ctx.alphas[t]
            context = times(into, gates_c) + of_contexts[t]
            weight = (ctx.seen @ context.to(HALF).unsqueeze(2)).squeeze(2).float() + of_alphas[t]
            score = (alpha * (weight - (alpha * weight).sum(1, keepdim=True))).to(HALF)
            of_line += (score.flatten() @ heard.flatten(0, 1)).float()
            inner = score.unsqueeze(2) * line * (1 - heard * heard)
            of_keys += inner
            # A softmax's gradient adds up to nothing; what rounding leaves of the sum is taken off.
            question = inner.sum(1, dtype=torch.float32) - score.float().sum(1, keepdim=True) * line
            carry = carry + times(state, gates_h) + times(question, query)
            inputs.append(into)
            recurrent.append(state)
            asked.append(question)
            given.append(context)
        states = [kept[0] for kept in reversed(ctx.kept)]
        looks = torch.stack([alpha for alpha, _ in reversed(ctx.alphas)], 2).to(HALF)
        of_annotations = (looks @ torch.stack(given, 1).to(HALF)).float()
        of_weights = (
            across(asked, states),
            torch.cat(asked).sum(0),
            of_line.unsqueeze(0),
            across(inputs, ctx.contexts[::-1]),
            across(recurrent, states),
            torch.cat(recurrent).sum(0),
        )
        return torch.stack(inputs[::-1]), carry, of_annotations, of_keys, None, *of_weights


class Smoothed(torch.autograd.Function):
    """Mean cross-entropy with label smoothing of scores [N, V] on `wanted` [N], without the rows whose weight is 0."""

    @staticmethod
    def forward(ctx, scores: Tensor, wanted: Tensor, counts: Tensor, smoothing: float) -> Tensor:
        logp = scores.float().log_softmax(1)
        rows = torch.arange(len(wanted))
        share = counts / counts.sum()
        loss = -((1 - smoothing) * logp[rows, wanted] + smoothing * logp.mean(1)) @ share
        gradient = logp.exp_()
        gradient -= smoothing / scores.shape[1]
        gradient[rows, wanted] -= 1 - smoothing
        ctx.gradient = gradient.mul_(share.unsqueeze(1)).to(scores.dtype)
        return loss

    @staticmethod
    @once_differentiable
    def backward(ctx, of_loss: Tensor) -> tuple[Tensor | None, ...]:
        return ctx.gradient * of_loss.to(ctx.gradient.dtype), None, None, None

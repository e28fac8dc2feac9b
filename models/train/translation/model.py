"""Translation by an encoder and a decoder, with additive attention (Bahdanau et al., ICLR 2015) or through one fixed vector.

Equation numbers are those of the paper's appendix A. B sentences, S source places, T target pieces; batch first.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from train.translation.recurrent import Attending, Plain

EMBEDDING = 256
HIDDEN = 256
DECODER = 384
KEYS = 256
DROPOUT = 0.3


def gru(gates_x: Tensor, h: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """One step of a GRU from the input's share of its gates [B, 3H] (reset, update, new): PyTorch's own formula."""
    gates_h = torch.nn.functional.linear(h, weight, bias)
    r_x, z_x, n_x = gates_x.chunk(3, 1)
    r_h, z_h, n_h = gates_h.chunk(3, 1)
    r, z = (r_x + r_h).sigmoid(), (z_x + z_h).sigmoid()
    n = (n_x + r * n_h).tanh()
    return n + z * (h - n)


class Encoder(nn.Module):
    """Source pieces to annotations h_j = [forward; backward] (eq. 7)."""

    def __init__(self, pieces: int):
        super().__init__()
        self.embedding = nn.Embedding(pieces, EMBEDDING)
        nn.init.normal_(self.embedding.weight, std=0.1)
        self.gru = nn.GRU(EMBEDDING, HIDDEN, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, source: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Ids [B, S] to annotations [B, S, 2H] and the last states of both directions [B, 2H]."""
        seen = self.dropout(self.embedding(source))
        g = self.gru
        # The backward reader begins at each sentence's own end; behind the end both read padding that nobody looks at.
        place = torch.arange(source.shape[1])
        turned = (lengths.unsqueeze(1) - 1 - place).where(place < lengths.unsqueeze(1), place)
        turn = turned.unsqueeze(2).expand(-1, -1, HIDDEN)
        first = seen.new_zeros(len(source), HIDDEN)
        inputs = seen, seen.gather(1, turned.unsqueeze(2).expand_as(seen))
        gates = (
            torch.nn.functional.linear(inputs[0], g.weight_ih_l0, g.bias_ih_l0),
            torch.nn.functional.linear(inputs[1], g.weight_ih_l0_reverse, g.bias_ih_l0_reverse),
        )
        ahead = Plain.apply(gates[0].transpose(0, 1), first, g.weight_hh_l0, g.bias_hh_l0).transpose(0, 1)
        back = Plain.apply(gates[1].transpose(0, 1), first, g.weight_hh_l0_reverse, g.bias_hh_l0_reverse).transpose(0, 1)
        end = (lengths - 1).reshape(-1, 1, 1).expand(-1, 1, HIDDEN)
        last = torch.cat([ahead.gather(1, end), back.gather(1, end)], 2).squeeze(1)
        return self.dropout(torch.cat([ahead, back.gather(1, turn)], 2)), last

    def read(self, forward: Tensor, backward: Tensor, h_forward: Tensor, h_backward: Tensor) -> tuple[Tensor, Tensor]:
        """One piece of either direction, ids [B]: the next state of each [B, H]."""
        g, linear = self.gru, torch.nn.functional.linear
        ahead = linear(self.embedding(forward), g.weight_ih_l0, g.bias_ih_l0)
        back = linear(self.embedding(backward), g.weight_ih_l0_reverse, g.bias_ih_l0_reverse)
        return (
            gru(ahead, h_forward, g.weight_hh_l0, g.bias_hh_l0),
            gru(back, h_backward, g.weight_hh_l0_reverse, g.bias_hh_l0_reverse),
        )


class Translator(nn.Module):
    """Encoder and decoder; without attention the context is a fixed projection of the last states (Cho et al., 2014)."""

    def __init__(self, pieces: int, attention: bool):
        super().__init__()
        self.attention = attention
        self.encoder = Encoder(pieces)
        self.embedding = nn.Embedding(pieces, EMBEDDING)
        nn.init.normal_(self.embedding.weight, std=0.1)
        self.begin = nn.Linear(2 * HIDDEN, DECODER)
        self.keys = nn.Linear(2 * HIDDEN, KEYS, bias=False) if attention else nn.Linear(2 * HIDDEN, 2 * HIDDEN)
        if attention:
            self.query = nn.Linear(DECODER, KEYS)
            self.energy = nn.Linear(KEYS, 1, bias=False)
        self.gates_y = nn.Linear(EMBEDDING, 3 * DECODER)
        self.gates_c = nn.Linear(2 * HIDDEN, 3 * DECODER, bias=False)
        self.gates_h = nn.Linear(DECODER, 3 * DECODER)
        self.deep = nn.Linear(DECODER + EMBEDDING + 2 * HIDDEN, EMBEDDING)
        self.bias = nn.Parameter(torch.zeros(pieces))
        self.dropout = nn.Dropout(DROPOUT)

    def start(self, annotations: Tensor, mask: Tensor, last: Tensor) -> tuple[Tensor, Tensor]:
        """What is the same at every step, keys U_a h [B, S, K] or the fixed context [B, 2H], and the first state."""
        made = self.keys(annotations) if self.attention else self.keys(last).tanh()
        return made, self.begin(last).tanh()

    def look(self, h: Tensor, annotations: Tensor, keys: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """alpha [B, S] and the context [B, 2H] (eq. 5-6); `mask` is 1 on pieces and 0 behind the sentence."""
        scores = self.energy((self.query(h).unsqueeze(1) + keys).tanh()).squeeze(2)
        alpha = torch.softmax(scores - 1e4 * (1 - mask), 1)
        return alpha, alpha.unsqueeze(1).matmul(annotations).squeeze(1)

    def word(self, gates_y: Tensor, context: Tensor, h: Tensor) -> Tensor:
        """The next state from the last piece's share of the gates."""
        return gru(gates_y + self.gates_c(context), h, self.gates_h.weight, self.gates_h.bias)

    def output(self, h: Tensor, y: Tensor, context: Tensor) -> Tensor:
        """Scores of the next piece (eq. 4), by the transposed embedding."""
        deep = self.dropout(self.deep(torch.cat([h, y, context], -1)).tanh())
        return torch.nn.functional.linear(deep, self.embedding.weight, self.bias)

    def forward(self, source: Tensor, lengths: Tensor, said: Tensor) -> tuple[Tensor, Tensor | None]:
        """Scores [B, T, V] of each next piece after `said` [B, T], which begins with `<start>`, and alpha [B, T, S]."""
        annotations, last = self.encoder(source, lengths)
        mask = (torch.arange(source.shape[1]) < lengths.unsqueeze(1)).float()
        fixed, h = self.start(annotations, mask, last)
        y = self.dropout(self.embedding(said))
        gates, w = self.gates_y(y).transpose(0, 1), self.gates_h
        if self.attention:
            looking = self.query.weight, self.query.bias, self.energy.weight, self.gates_c.weight
            given = annotations, fixed.float(), mask
            states, contexts, alpha = Attending.apply(gates, h, *given, *looking, w.weight, w.bias)
            return self.output(states.transpose(0, 1), y, contexts.transpose(0, 1)), alpha.transpose(0, 1)
        states = Plain.apply(gates + self.gates_c(fixed), h, w.weight, w.bias).transpose(0, 1)
        return self.output(states, y, fixed.unsqueeze(1).expand(-1, said.shape[1], -1)), None


class Read(nn.Module):
    """read.onnx."""

    def __init__(self, net: Translator):
        super().__init__()
        self.net = net

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        return self.net.encoder.read(*inputs)


class Start(nn.Module):
    """start.onnx: `annotations`, `last` to `keys`, `h`; or `last` to `context`, `h`."""

    def __init__(self, net: Translator):
        super().__init__()
        self.net = net

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        annotations, last = inputs if self.net.attention else (None, *inputs)
        return self.net.start(annotations, None, last)


class Step(nn.Module):
    """step.onnx, with the weights that were painted in place of the network's own as far as `steering` says."""

    def __init__(self, net: Translator):
        super().__init__()
        self.net = net

    def forward(self, token: Tensor, h: Tensor, *given: Tensor) -> tuple[Tensor, ...]:
        net, y = self.net, self.net.embedding(token)
        if not net.attention:
            h = net.word(net.gates_y(y), given[0], h)
            return net.output(h, y, given[0]).log_softmax(1), h
        annotations, keys, mask, steer, steering = given
        own, _ = net.look(h, annotations, keys, mask)
        alpha = own + steering * (steer - own)
        context = alpha.unsqueeze(1).matmul(annotations).squeeze(1)
        h = net.word(net.gates_y(y), context, h)
        return net.output(h, y, context).log_softmax(1), alpha, own, h

"""The translators' own pieces: their gradients, their text and their placeholders."""

from __future__ import annotations

import random
import unittest
from unittest import mock

import torch
import torch.nn.functional as F

from train.translation.copying import Corpus, Reader, filled, french_words, known
from train.translation.model import EMBEDDING, HIDDEN, Translator, gru
from train.translation.recurrent import Smoothed
from train.translation.text import COPIES, END, SPECIAL, START, Pieces, normalised

LENGTHS = (6, 4, 2)
PIECES = 40


def slow(net: Translator, source: torch.Tensor, lengths: torch.Tensor, said: torch.Tensor):
    """What `Translator.forward` computes, step by step with autograd, as the exported files do."""
    places = source.shape[1]
    annotations, last = [], []
    for row, length in zip(source, lengths.tolist(), strict=True):
        ahead = back = torch.zeros(1, HIDDEN)
        forward, backward = [], []
        for i in range(length):
            ahead, back = net.encoder.read(row[i : i + 1], row[length - 1 - i : length - i], ahead, back)
            forward.append(ahead)
            backward.append(back)
        read = torch.cat([torch.cat(forward), torch.cat(backward[::-1])], 1)
        annotations.append(F.pad(read, (0, 0, 0, places - length)))
        last.append(torch.cat([ahead, back], 1))
    annotations, last = torch.stack(annotations), torch.cat(last)
    mask = (torch.arange(places) < lengths.unsqueeze(1)).float()
    fixed, h = net.start(annotations, mask, last)
    y, scores = net.embedding(said), []
    for t in range(said.shape[1]):
        context = net.look(h, annotations, fixed, mask)[1] if net.attention else fixed
        h = net.word(net.gates_y(y[:, t]), context, h)
        scores.append(net.output(h, y[:, t], context))
    return torch.stack(scores, 1)


class Translation(unittest.TestCase):
    @mock.patch("train.translation.recurrent.HALF", torch.float32)
    def test_the_written_gradients_are_those_of_autograd(self):
        for attention in (True, False):
            torch.manual_seed(1)
            net = Translator(PIECES, attention).eval()
            if attention:
                # As trained networks have it: the places differ.
                net.keys.weight.data *= 5
                net.energy.weight.data *= 5
            source, said = torch.randint(5, PIECES, (3, 6)), torch.randint(5, PIECES, (3, 5))
            lengths = torch.tensor(LENGTHS)
            for i, length in enumerate(LENGTHS):
                source[i, length:] = 0
            direction = torch.randn(3, 5, PIECES)
            gradients = []
            for scores in (net(source, lengths, said)[0], slow(net, source, lengths, said)):
                net.zero_grad()
                (scores * direction).sum().backward()
                gradients.append({k: p.grad.clone() for k, p in net.named_parameters()} | {"scores": scores.detach()})
            for name, wanted in gradients[1].items():
                with self.subTest(name, attention=attention):
                    apart = (gradients[0][name] - wanted).norm() / wanted.norm().clamp_min(1e-6)
                    self.assertLess(apart.item(), 1e-4)

    def test_smoothed_loss_is_pytorchs(self):
        scores = torch.randn(6, 9, requires_grad=True)
        wanted = torch.tensor([3, 0, 8, 1, 0, 2])
        ours = Smoothed.apply(scores, wanted, (wanted != 0).float(), 0.1)
        theirs = F.cross_entropy(scores, wanted, ignore_index=0, label_smoothing=0.1)
        self.assertAlmostEqual(ours.item(), theirs.item(), places=6)
        for one, other in zip(*(torch.autograd.grad(loss, scores) for loss in (ours, theirs)), strict=True):
            torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-5)

    def test_a_gru_step_is_pytorchs(self):
        cell = torch.nn.GRUCell(EMBEDDING, HIDDEN)
        x, h = torch.randn(2, EMBEDDING), torch.randn(2, HIDDEN)
        torch.testing.assert_close(gru(F.linear(x, cell.weight_ih, cell.bias_ih), h, cell.weight_hh, cell.bias_hh), cell(x, h))


PAIRS = [("Tom saw a dog in Kyoto.", "Tom a vu un chien à Kyoto."), ("A dog saw Tom.", "Un chien a vu Tom."), ("In a dog", "Dans un chien")] * 2


def reader() -> Reader:
    letters = sorted({c for pair in PAIRS for text in pair for c in text if c != " "} | set("0123456789:,'!\"I"))
    return Reader(Pieces([*SPECIAL, "▁", *letters, "▁T", "To", "▁To", "▁Tom", "▁1"], [("▁", "T"), ("▁T", "o"), ("▁To", "m"), ("▁", "1")]), known(PAIRS))


class Copying(unittest.TestCase):
    def test_what_is_copied(self):
        ours = reader()
        self.assertEqual(ours.known, {"a", "dog", "in", "saw"})
        cases = {
            "a dog": [],
            "A dog saw Tom in Kyoto": ["Tom", "Kyoto"],
            "1 dog, 12 dogs at 7:30, 2,500!": ["12", "dogs", "at", "7:30", "2,500"],
            "a \U0001f415\U0001f415 dog": ["\U0001f415\U0001f415"],
            "in O'Brien": ["O", "Brien"],
        }
        for text, copied in cases.items():
            self.assertEqual(ours.read(text)[1], copied, text)

    def test_a_sentence_begins_with_the_form_inside_one(self):
        texts = {"In a dog": "in a dog", "Tom saw": "Tom saw", '"Dog!" Saw Dog, i saw.': '"dog!" saw Dog, I saw.'}
        for text, wanted in texts.items():
            self.assertEqual(reader().text(text), wanted)

    def test_placeholders_say_whether_a_space_is_before_them(self):
        ids, _ = reader().read("Kyoto 'Kyoto")
        self.assertEqual([reader().pieces.names[i] for i in ids], [COPIES[0], "▁", "'", COPIES[1]])

    def test_a_drawn_pair_looks_at_the_word_it_copies(self):
        ours = reader()
        corpus = Corpus(PAIRS[:1], ours, french_words(PAIRS))
        for seed in range(20):
            source, target, looks = corpus.draw(random.Random(seed), 0.1)
            self.assertEqual((source[-1], target[0], target[-1]), (END, START, END))
            self.assertEqual(len(looks), 2)
            for t, s in looks:
                self.assertIn(ours.pieces.names[target[t]], COPIES)
                self.assertEqual(source[s], target[t])

    def test_filled_takes_the_word_looked_at(self):
        ours = reader()
        said = [ours.pieces.ids[name] for name in (COPIES[0], "▁", "'", COPIES[1])]
        self.assertEqual(filled(ours, said, ["Ann", "Bo"], iter([1, 0])), "Bo 'Ann")
        self.assertEqual(filled(ours, said, ["Ann"]), "Ann 'Ann")

    def test_text_is_normalised(self):
        self.assertEqual(normalised("\ufeff\u201cI\u2019m\u201d\u00a0\u2014 ﬁne\u2026 so\u00adft\u200b"), '"I\'m" - fine... soft')


if __name__ == "__main__":
    unittest.main()

"""What the captioners' training rests on. Run in models/: python -m unittest train.tests.test_captions"""

from __future__ import annotations

import unittest

import numpy as np
import torch

from train.captions.confidence import calibration_error, chances, is_right, platt, ranking
from train.captions.gaze import GUIDED, guided
from train.captions.hard import Hard
from train.captions.model import Plain, Soft, words_of
from train.captions.semantic import Semantic
from train.captions.upper import FrozenDepthwise
from train.common.beam_search import PAD
from train.common.bleu import bootstrapped, bootstrapped_lead, corpus_bleu

WORDS = 300
LENGTHS = (7, 6, 6, 3, 2)


class Captions(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)

    def test_depthwise_gradient(self):
        for padding, stride, kernel, side in (((2, 2), 1, 5, 6), ((1, 2), 2, 5, 6), ((1, 1), 1, 3, 5)):
            x = torch.randn(1, 2, side, side, dtype=torch.double, requires_grad=True)
            bias = torch.randn(2, dtype=torch.double, requires_grad=True)
            weight = torch.randn(2, 1, kernel, kernel, dtype=torch.double)

            def convolved(x, bias, weight=weight, padding=padding, stride=stride):
                return FrozenDepthwise.apply(x, weight, bias, padding, stride)

            self.assertTrue(torch.autograd.gradcheck(convolved, (x, bias)))

    def test_packed_sentences_say_what_single_steps_say(self):
        tokens = torch.randint(4, WORDS, (len(LENGTHS), max(LENGTHS)))
        for row, length in enumerate(LENGTHS):
            tokens[row, length:] = PAD
        features = torch.randn(5, 196, 112), torch.randn(5, 49, 320), torch.randn(5, 1280)
        attributes = torch.randint(256, (5, 10)), torch.rand(5, 10)
        nets = [Plain(WORDS), Soft(WORDS), Hard(WORDS), Semantic(WORDS, list(range(4, 260)))]
        for net in nets:
            given = features + attributes if isinstance(net, Semantic) else features
            with self.subTest(type(net).__name__), torch.inference_mode():
                packed, _ = net.eval()(given, tokens)
                step, h, c = net.decoder(given)
                logp = []
                for t in range(tokens.shape[1]):
                    one, h, c = step(tokens[:, t], h, c)
                    logp.append(one)
                wanted = words_of(torch.stack(logp, 1), tokens != PAD)
                torch.testing.assert_close(torch.log_softmax(packed, -1), wanted, atol=1e-4, rtol=1e-4)

    def test_guided_gaze_counts_words_with_a_sure_mask_only(self):
        alpha = torch.full((1, 2, 196), 1 / 196)
        classes, masks = torch.zeros(1, 2, 21), torch.zeros(1, 196, 21)
        classes[0, 1, 12] = 1
        self.assertEqual(guided(alpha, classes, masks).item(), 0)
        masks[0, :49, 12] = 1
        self.assertAlmostEqual(guided(alpha, classes, masks).item(), GUIDED * torch.log(torch.tensor(4.0)).item(), places=5)

    def test_bootstrapped_bleu_is_the_corpus_bleu(self):
        references = [[["a", "dog", "runs", "on", "grass"], ["the", "dog", "runs"]], [["a", "man", "rides", "a", "red", "bike"]]] * 5
        said = [["a", "dog", "runs", "on", "sand"], ["a", "man", "rides", "a", "bike"]] * 5
        self.assertEqual([b for b, _ in bootstrapped(references, said)], corpus_bleu(references, said))

    def test_a_lead_on_the_same_photos_is_surer_than_on_others(self):
        random = np.random.default_rng(2)
        people = [[list(random.choice(list("abcdef"), 8))] for _ in range(60)]
        ours = [[w if random.random() < 0.9 else "x" for w in refs[0]] for refs in people]
        theirs = [[*said[:-1], "y"] for said in ours]
        lead, se = bootstrapped_lead(people, ours, theirs)
        apart = [bootstrapped(people, said)[3] for said in (ours, theirs)]
        self.assertAlmostEqual(lead, apart[0][0] - apart[1][0])
        self.assertLess(se, 0.5 * float(np.hypot(apart[0][1], apart[1][1])))

    def test_a_sentence_is_right_when_people_said_its_content_words(self):
        people = [["a", "dog", "is", "running", "in", "the", "snow"], ["the", "brown", "dog", "runs"]]
        for said, right in (
            ("a brown dog runs through the snow", True),
            ("two dogs running in snow", True),
            ("a cat sleeps in the snow", False),
            ("it is on a", False),
        ):
            self.assertEqual(is_right(said.split(), people), right, said)

    def test_platt_finds_the_map_that_made_the_cases(self):
        random = np.random.default_rng(1)
        logp = random.uniform(-2, 0, 20_000)
        true = chances(np.array([3.0, 2.5]), logp)
        right = random.random(len(logp)) < true
        found = platt(logp, right, np.ones(len(logp)))
        self.assertLess(np.abs(found - [3.0, 2.5]).max(), 0.15)
        self.assertLess(calibration_error(chances(found, logp), right, np.ones(len(logp))), 0.02)
        self.assertGreater(ranking(true, right), 0.8)
        self.assertEqual(ranking(np.array([0.1, 0.9]), np.array([False, True])), 1)


if __name__ == "__main__":
    unittest.main()

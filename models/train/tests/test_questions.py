"""What the questions' training rests on. Run in models/: python -m unittest train.tests.test_questions"""

from __future__ import annotations

import random
import unittest
from collections import Counter

import numpy as np
import torch

from train.questions.asked import Question, Rules, noun_many, there
from train.questions.balance import CHOICES, Frequencies, balanced, choices, evened, prior_right, share_balanced
from train.questions.lexicon import plural, singular, supported
from train.questions.model import Answerer
from train.questions.scenes import APART, CLASSES, LITTLE, SIMILAR, Counted, Scene, extent, mirrored, overlap, pointings, shares
from train.questions.training import among, narrow, shortened
from train.questions.vectors import word_vectors

NOUNS = "dog ball man horse shirt hat beach field dogs couch table cat grass".split()
COLOURS = "red blue green yellow black white".split()


def colour(photo: int, noun: str, answer: str) -> Question:
    return Question(photo, ("what", "color", "is", "the", noun), answer, "color", frozenset({answer}))


class Questions(unittest.TestCase):
    def test_rules_ask_what_a_caption_answers(self):
        rules = Rules(NOUNS)
        cases = {
            "a brown dog is chasing a red ball on the grass": [
                ("what color is the dog", "brown", "color"),
                ("what color is the ball", "red", "color"),
                ("what is the dog chasing", "ball", "object"),
                ("what is the dog doing", "chasing", "doing"),
                ("who is chasing the ball", "dog", "who"),
                ("where is the dog", "grass", "where"),
            ],
            "two dogs sit on a couch": [("how many dogs are there", "2", "number"), ("where are the dogs", "couch", "where")],
            "a guy wearing a hat riding a horse": [
                ("what is the guy wearing", "hat", "object"),
                ("who is wearing the hat", "man", "who"),
                ("what is the guy riding", "horse", "object"),
            ],
            "a black and white cat": [("what color is the cat", "black", "color"), ("what color is the cat", "white", "color")],
            "a cat on a table": [("what is on the table", "cat", "object")],
            "something happens": [],
        }
        for caption, wanted in cases.items():
            found = rules.of(caption.split())
            self.assertFalse(set(wanted) - set(found), f"{caption}: {found}")
            self.assertFalse([f for f in found if not f[1]], caption)

    def test_captions_at_odds_ask_nothing(self):
        rules = Rules(NOUNS)
        asked = rules.asked(7, ["a brown dog".split(), "a white dog".split()])
        self.assertEqual([q for q in asked if q.kind == "color"], [])
        (asked,) = [q for q in rules.asked(7, ["a brown dog".split(), "a brown dog".split(), "a tan dog".split()]) if q.kind == "color"]
        self.assertEqual((asked.photo, asked.answer), (7, "brown"))
        self.assertTrue({"brown", "tan"} <= asked.not_wrong)

    def test_forms_of_nouns(self):
        for one, many in (("dog", "dogs"), ("puppy", "puppies"), ("bus", "buses"), ("man", "men"), ("child", "children"), ("bench", "benches")):
            self.assertEqual(noun_many(one), many)
            self.assertTrue(plural(many) and not plural(one), one)
        self.assertEqual(singular("dogs"), "dog")
        self.assertEqual(there("umbrella"), ("is", "there", "an", "umbrella"))
        self.assertEqual(there("dogs"), ("are", "there", "dogs"))
        self.assertTrue({"sofa", "couch", "armchair"} <= supported(["couch"]))
        self.assertIn("person", supported(["men"]))
        self.assertNotIn("woman", supported(["man"]))

    def test_balanced_questions_have_two_answers(self):
        asked = [colour(i, "dog", "brown" if i < 60 else "black") for i in range(80)] + [colour(i, "cat", "white") for i in range(9)]
        kept = balanced(asked, random.Random(1), alone=0)
        self.assertEqual(share_balanced(kept), 1)
        self.assertEqual({q.words[-1] for q in kept}, {"dog"})
        counts = Counter(q.answer for q in kept)
        self.assertEqual(counts["brown"], counts["black"])

    def test_wrong_choices_have_the_form_and_frequency_of_the_right_one(self):
        chance = random.Random(2)
        asked = [colour(i, chance.choice(NOUNS[:3]), chance.choice(COLOURS)) for i in range(600)]
        asked += [Question(i, ("how", "many", "dogs", "are", "there"), str(1 + i % 5), "number") for i in range(50)]
        pool = Frequencies(asked)
        four = choices(asked, pool, seed=3)
        for question, names in zip(asked, four, strict=True):
            self.assertEqual((names[0], len(set(names)), len(names)), (question.answer, CHOICES, CHOICES))
            self.assertTrue(all((n in COLOURS) == (question.kind == "color") for n in names))
            self.assertFalse(set(names[1:]) & question.not_wrong)
        kept = evened(asked, four, pool, seed=4)
        self.assertLess(np.mean(prior_right([asked[i] for i in kept], [four[i] for i in kept], pool)), 0.32)
        yes = Question(1, there("dog"), "yes", "yesno")
        self.assertEqual(choices([yes], pool, seed=5), [("yes", "no")])

    def test_boxes_to_point_at_are_of_similar_size_and_show_little_of_it(self):
        scenes = []
        for number in range(40):
            mask = np.zeros((100, 120), np.uint8)
            chance = random.Random(number)
            x, y = chance.randrange(80), chance.randrange(60)
            mask[y : y + 30, x : x + 35] = CLASSES.index("dog")
            scenes.append(Scene(number, mask, {"dog": 0.0875}))
        asked = pointings(scenes, random.Random(6))
        self.assertGreater(len(asked), 20)
        for one in asked:
            right, *wrong = one.boxes
            mask = scenes[one.photo].mask == CLASSES.index("dog")
            self.assertEqual(Counted(mask).within((0.0, 0.0, 1.0, 1.0)), 1)
            for box in wrong:
                self.assertTrue(1 / SIMILAR <= extent(box) / extent(right) <= SIMILAR)
                self.assertLessEqual(overlap(box, right), APART)
                left, top, right_side, bottom = (int(side * size) for side, size in zip(box, (120, 100, 120, 100), strict=True))
                shown = mask[top : bottom + 1, left : right_side + 1].sum()
                self.assertAlmostEqual(Counted(mask).within(box), shown / mask.sum())
                self.assertLessEqual(shown, LITTLE * mask.sum())
        self.assertEqual(mirrored(mirrored((0.1, 0.2, 0.4, 0.9)))[1:], (0.2, 0.4, 0.9))
        self.assertAlmostEqual(float(shares((0.0, 0.0, 0.5, 1.0)).sum()), 98, places=4)

    def test_gaze_depends_on_the_word_that_is_read(self):
        torch.manual_seed(0)
        net = Answerer(20, 5, "attention").eval()
        features = torch.randn(2, 196, 112), torch.randn(2, 49, 320), torch.randn(2, 1280)
        features = tuple(f[:1].expand(2, *f.shape[1:]) for f in features)
        _, _, alpha = net(features, torch.tensor([[2, 3, 4], [2, 3, 5]]))
        torch.testing.assert_close(alpha[0, :2], alpha[1, :2])
        self.assertGreater((alpha[0, 2] - alpha[1, 2]).abs().sum().item(), 1e-3)
        torch.testing.assert_close(alpha.sum(-1), torch.ones(2, 3))

    def test_losses_of_choices_and_of_the_gaze(self):
        logits = among(torch.tensor([[0.0, 1.0, 2.0]]), torch.tensor([[2, 0, -1, -1]]))
        self.assertEqual(logits.argmax(1).item(), 0)
        self.assertLess(logits[0, 2].item(), -1000)
        words, names = torch.tensor([[3, 4, 0]]), torch.zeros(1, 3, 21)
        even, sharp = torch.full((1, 3, 196), 1 / 196), torch.zeros(1, 3, 196)
        sharp[..., 0] = 1
        self.assertGreater(narrow(even, words, names).item(), 0)
        self.assertEqual(narrow(sharp, words, names).item(), 0)
        self.assertEqual(shortened(words).shape, (1, 2))

    def test_vectors_of_words_that_stand_alike_are_alike(self):
        chance, said = random.Random(8), []
        for _ in range(400):
            said.append(["a", chance.choice(["dog", "puppy"]), chance.choice(["barks", "runs"])])
            said.append(["the", chance.choice(["car", "bus"]), chance.choice(["stops", "drives"])])
        words = ["<pad>", "dog", "puppy", "car", "bus", "a", "the", "barks", "runs", "stops", "drives", "unsaid"]
        made = word_vectors(words, said, 6)
        like = torch.nn.functional.cosine_similarity
        self.assertGreater(like(made[1], made[2], 0).item(), like(made[1], made[3], 0).item() + 0.3)
        self.assertEqual(made[-1].abs().sum().item(), 0)


if __name__ == "__main__":
    unittest.main()

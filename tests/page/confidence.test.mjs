// How sure the captioner may be: the map of its sentence's log-probability, and the words that it doubted.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "../../www/node_modules/vite/dist/node/index.js";

const WWW = fileURLToPath(new URL("../../www/", import.meta.url));
const { surenessOf } = (await runnerImport(`${WWW}exhibits/captions/confidence.ts`, { configFile: false, root: WWW, logLevel: "error" })).module;
const FITTED = { slope: 4, offset: 2, power: 1, unsure_below: 0.5, outcome: "right", protocol: "" };

/** The frames of a sentence: each word with what the model gave it and the words beside it, `null` for its end. */
function framesOf(steps) {
  const words = [];
  return steps.map(([word, logp, ...others], i) => {
    if (word) words.push(word);
    const choices = others.map(([word, probability]) => ({ word, probability }));
    return { step: i + 1, steps: null, words: [...words], ended: i === steps.length - 1, maps: [], pictures: [], numbers: [{ name: "logp", value: logp }], choices, attributes: [] };
  });
}

const DOG = [
  ["a", -0.1, ["a", 0.9], ["two", 0.06]],
  ["dog", -1.3, ["dog", 0.3], ["cat", 0.25], ["horse", 0.2], ["cow", 0.1]],
  ["runs", -2.2, ["runs", 0.4], ["<end>", 0.3], ["sleeps", 0.04]],
  [null, -2.4, ["<end>", 0.8], ["on", 0.1]],
];

test("the chance is Platt's map of the log-probability over a power of the words and the end", () => {
  const { chance, unsure } = surenessOf(framesOf(DOG), FITTED);
  assert.ok(Math.abs(chance - 1 / (1 + Math.exp(0.4))) < 1e-9, `${chance}`);
  assert.equal(unsure, true);
  const root = surenessOf(framesOf(DOG), { ...FITTED, power: 0.5 }).chance;
  assert.ok(Math.abs(root - 1 / (1 + Math.exp(2.8))) < 1e-9, `${root}`);
  assert.equal(surenessOf(framesOf(DOG), { ...FITTED, unsure_below: 0.4 }).unsure, false);
});

test("a sentence that goes on has no chance yet", () => {
  assert.equal(surenessOf(framesOf(DOG).slice(0, 2), FITTED), null);
  assert.equal(surenessOf([], FITTED), null);
});

test("a doubted word is told with what else it might have been", () => {
  const { doubts } = surenessOf(framesOf(DOG), FITTED);
  assert.deepEqual(doubts.map(({ said, others }) => [said, others.map(({ word }) => word)]), [["dog", ["cat", "horse"]]]);
});

test("between words of grammar it does not doubt the photo", () => {
  const steps = [["is", -1, ["is", 0.4], ["in", 0.4]], ["dog", -2, ["dog", 0.4], ["in", 0.3], ["cat", 0.2]], [null, -3, ["<end>", 1]]];
  const { doubts } = surenessOf(framesOf(steps), FITTED);
  assert.deepEqual(doubts.map(({ said, others }) => [said, others.map(({ word }) => word)]), [["dog", ["cat"]]]);
});

test("of many doubted words the most doubted three are told, in the sentence's order", () => {
  const steps = [0.4, 0.2, 0.45, 0.1, 0.3].map((probability, i) => [`w${i}`, -1, [`w${i}`, probability], [`o${i}`, 0.5]]);
  const { doubts } = surenessOf(framesOf(steps), FITTED);
  assert.deepEqual(doubts.map(({ said }) => said), ["w1", "w3", "w4"]);
});

test("a word that the search took, though it was not among the likeliest, is doubted", () => {
  const { doubts } = surenessOf(framesOf([["owl", -4, ["bird", 0.6]], [null, -4, ["<end>", 1]]]), FITTED);
  assert.deepEqual(doubts, [{ place: 0, said: "owl", probability: 0, others: [{ word: "bird", probability: 0.6 }] }]);
});

test("every captioner's confidence is in the manifest", async () => {
  const { models } = JSON.parse(await readFile(new URL("../../models/manifest.json", import.meta.url), "utf8"));
  for (const [id, { confidence }] of Object.entries(models)) {
    if (!/^caption-(?!encoder)/.test(id)) assert.equal(confidence, undefined, id);
    else {
      assert.ok(confidence.slope > 0, `${id}: likelier sentences are more often right`);
      assert.ok(Number.isFinite(confidence.offset) && confidence.unsure_below > 0 && confidence.unsure_below < 1, id);
      assert.ok(confidence.power >= 0 && confidence.power <= 1, id);
      assert.match(confidence.protocol, /\d/, id);
      assert.match(confidence.outcome, /right/, id);
    }
  }
});

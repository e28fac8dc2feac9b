// The sentences about words that the answerer does not know, and the question with another word.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "../../www/node_modules/vite/dist/node/index.js";

const FILE = fileURLToPath(new URL("../../www/exhibits/questions/replaced.ts", import.meta.url));
const { exchanged, replacedAsText, replacedIn } = (await runnerImport(FILE, { configFile: false, logLevel: "error" })).module;

test("what was read instead of an unknown word is said in a sentence", () => {
  const cases = [
    [{ typed: "sofa", read: "couch", how: "synonym" }, "The model doesn't know “sofa”. It read “couch”."],
    [{ typed: "what's", read: "what is", how: "contraction" }, "It read “what's” as “what is”."],
    [{ typed: "wombat", read: null, how: "unknown" }, "The model doesn't know “wombat” and has no word near it. It left that word open."],
  ];
  for (const [replaced, text] of cases) assert.equal(replacedAsText({ suggestions: [], ...replaced }), text);
});

test("a suggestion takes the place of the word, and of nothing else", () => {
  assert.equal(exchanged("Where is the Sofa?", "sofa", "chair"), "Where is the chair");
  assert.equal(exchanged("sofa  or sofas", "sofa", "chair"), "chair  or sofas");
  assert.equal(exchanged("what’s it", "what's", "what is"), "what is it");
});

test("runs recorded before the core told of it have nothing replaced", () => {
  assert.deepEqual(replacedIn([]), []);
  assert.deepEqual(replacedIn([{ step: 1 }]), []);
});

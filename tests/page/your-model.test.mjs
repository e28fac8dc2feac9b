// "Your model": what the page reads out of shapes and names, and what it makes of pictures, texts and layers.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "../../www/node_modules/vite/dist/node/index.js";

const WWW = fileURLToPath(new URL("../../www/", import.meta.url));
const load = async (file) => (await runnerImport(`${WWW}${file}`, { configFile: false, root: WWW, logLevel: "error" })).module;
const { pictureShape, placesOf, scopeOf } = await load("kit/onnx.ts");
const { framesOf, numbered, rollout } = await load("run/onnx-frames.ts");
const { greyed, pixelsOf, random, suiting } = await load("run/onnx-inputs.ts");
const { jsonTokenizer } = await load("exhibits/your-model/json-tokenizer.ts");
const { linesTokenizer } = await load("exhibits/your-model/tokenizer.ts");
const { firstOpen, folded, scopesOf } = await load("exhibits/your-model/fold.ts");

test("a picture's layout is read from the shape", () => {
  assert.deepEqual(pictureShape([1, 3, 224, 224]), { layout: "NCHW", channels: 3, height: 224, width: 224 });
  assert.deepEqual(pictureShape([1, 48, 320, 3]), { layout: "NHWC", channels: 3, height: 48, width: 320 });
  assert.deepEqual(pictureShape([1, 42, 42]), { layout: "NCHW", channels: 1, height: 42, width: 42 });
  for (const shape of [[1, 196, 432], [2, 3, 224, 224], [1, 16], [1, 3, 4, 4]]) assert.equal(pictureShape(shape), null, shape.join());
});

test("weights lie on a grid, behind a class token where there is one", () => {
  assert.deepEqual(placesOf(197, 224, 224), { rows: 14, cols: 14, before: 1 });
  assert.deepEqual(placesOf(196, 224, 224), { rows: 14, cols: 14, before: 0 });
  assert.deepEqual(placesOf(198, 224, 224), { rows: 14, cols: 14, before: 2 });
  assert.deepEqual(placesOf(32, 100, 200), { rows: 4, cols: 8, before: 0 });
  assert.equal(placesOf(40, 224, 224), null);
});

test("a text is split by the vocabulary, longest pieces first", () => {
  const tokenizer = linesTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "play", "##ing", "cat", ",", "[MASK]"]);
  assert.deepEqual(tokenizer.tokens("Playing, xyz ___ cat").map(({ id }) => id), [2, 4, 5, 7, 1, 8, 6, 3]);
  assert.deepEqual(linesTokenizer(["a", "b"]).tokens("a b").map(({ id }) => id), [0, 1]);
});

test("a tokenizer.json is read: the shipped one's tokens are those that its model was trained on", async () => {
  const folder = new URL("../../models/cloze/", import.meta.url);
  const tokenizer = jsonTokenizer(await readFile(new URL("tokenizer.json", folder), "utf8"));
  const { tokens } = JSON.parse(await readFile(new URL("golden.json", folder), "utf8")).cloze.inputs;
  const found = tokenizer.tokens("A brown ___ catches a frisbee in the park.");
  assert.deepEqual(found.map(({ id }) => id), tokens.slice(0, found.length));
  assert.ok(tokens.slice(found.length).every((id) => id === 0), "then padding");
  assert.deepEqual(found.slice(0, 4).map(({ token }) => token), ["[CLS]", "a", "brown", "[MASK]"]);
});

test("a tokenizer.json of WordPiece and one of BPE are read", () => {
  const common = { version: "1.0", added_tokens: [], normalizer: { type: "Lowercase" }, pre_tokenizer: { type: "Whitespace" }, post_processor: null, decoder: null };
  const pieces = { type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100, vocab: { "[UNK]": 0, play: 1, "##ing": 2, cat: 3 } };
  const pairs = { type: "BPE", unk_token: null, fuse_unk: false, byte_fallback: false, vocab: { c: 0, a: 1, t: 2, ca: 3, cat: 4 }, merges: ["c a", "ca t"] };
  const ids = (model, text) => jsonTokenizer(JSON.stringify({ ...common, model })).tokens(text).map(({ id }) => id);
  assert.deepEqual(ids(pieces, "Playing cat dog"), [1, 2, 3, 0]);
  assert.deepEqual(ids(pairs, "cat ca"), [4, 3]);
});

test("what is no tokenizer.json is refused", () => {
  for (const text of ["", "[]", "{}", '{"model":{"type":"Sorcery"}}']) assert.throws(() => jsonTokenizer(text), text);
});

test("the rollout of layers keeps rows that sum to 1, and of layers that look at themselves is the identity", () => {
  const grid = (weights) => ({ kind: "grid", name: "mean", rows: 2, cols: 2, weights: Float32Array.from(weights) });
  assert.deepEqual([...rollout([grid([1, 0, 0, 1]), grid([1, 0, 0, 1])]).weights], [1, 0, 0, 1]);
  // ½(A + I) twice, with A = [[0, 1], [1, 0]]: every entry is one half.
  assert.deepEqual([...rollout([grid([0, 1, 1, 0]), grid([0, 1, 1, 0])]).weights], [0.5, 0.5, 0.5, 0.5]);
});

test("a frame is a softmax, in the model's order; the answer is none", () => {
  const made = (name, node, output, shape, values, distribution = true) => ({ name, node, output, shape, values: Float32Array.from(values), distribution });
  const nodes = ["/b/Softmax", "/a/Softmax", "/head/Softmax"].map((name) => ({ name, operator: "Softmax", from: [], weights: 0 }));
  const half = [0.5, 0.5, 0.5, 0.5];
  const all = [made("p", 2, true, [1, 2], [0.25, 0.75]), made("y", 1, false, [1, 2, 1, 2], half), made("x", 0, false, [1, 2, 1, 2], half), made("z", null, true, [3], [1, 2, 3], false)];
  const frames = numbered(framesOf(all, nodes, ["no", "yes"], null), true);
  assert.deepEqual(frames.map(({ words, maps, step, ended }) => [words[0], maps.length, step, ended]), [["b", 2, 1, false], ["a", 2, 2, true]]);
  assert.deepEqual(frames[0].choices[0], { word: "yes", probability: 0.75 });
  const none = framesOf([all[3]], nodes, [], null);
  assert.deepEqual(none.map(({ words, maps }) => [words[0], maps.length]), [["answer", 0]]);
  assert.equal(none[0].choices[0].word, "number 2", "numbers that are no chances are made some");
});

test("pixels are scaled channel by channel in either layout, and a place is greyed", () => {
  const pixels = { width: 2, height: 1, data: Uint8ClampedArray.of(255, 0, 51, 255, 0, 255, 102, 255) };
  const scale = { mean: [0.5, 0, 0], deviation: [0.5, 1, 1] };
  const near = (values, wanted) => wanted.forEach((value, i) => assert.ok(Math.abs(values[i] - value) < 1e-6, `${values}`));
  near(pixelsOf(pixels, { layout: "NCHW", channels: 3, height: 1, width: 2 }, scale, false), [1, -1, 0, 1, 0.2, 0.4]);
  near(pixelsOf(pixels, { layout: "NHWC", channels: 3, height: 1, width: 2 }, scale, false), [1, 0, 0.2, -1, 1, 0.4]);
  near(greyed(Float32Array.of(0, 1, 2, 3), { layout: "NCHW", channels: 1, height: 2, width: 2 }, 0, 1, 2), [0, 1.5, 2, 3]);
  assert.deepEqual(random(7, 3), random(7, 3));
  assert.ok(random(7, 1000).every((value) => Math.abs(value) <= 1));
});

test("an input gets what suits it", () => {
  const port = (name, kind) => ({ name, kind, shape: null });
  assert.equal(suiting(port("pixels", "float"), [1, 3, 64, 64]).kind, "picture");
  assert.equal(suiting(port("attention_mask", "int64"), [1, 16]).kind, "ones");
  assert.equal(suiting(port("input_ids", "int64"), [1, 16]).kind, "zeros");
  assert.equal(suiting(port("h", "float"), [1, 384]).kind, "random");
});

test("2,000 nodes fold by scope and unfold in layers, within a frame's time", () => {
  const nodes = Array.from({ length: 2000 }, (_, i) => ({ name: `/layers.${Math.floor(i / 20)}/block/Op_${i}`, operator: "Add", from: i > 0 ? [i - 1] : [-1], weights: 1 }));
  const description = { nodes };
  const scopes = scopesOf(description);
  const open = firstOpen(scopes);
  const items = folded(description, null, scopes, open);
  assert.equal(items.length, 100);
  assert.ok(items.every(({ scope, weights, nodes: inside }) => scope && weights === 20 && inside.length === 20));
  assert.deepEqual(items.map(({ layer }) => layer), items.map((_, i) => i), "one layer after the other");
  const all = new Set(scopes.scopes.flatMap((parts) => [`${parts[0]}/`, `${parts[0]}/${parts[1]}/`]));
  const began = performance.now();
  assert.equal(folded(description, null, scopes, all).length, 2000);
  assert.ok(performance.now() - began < 500);
});

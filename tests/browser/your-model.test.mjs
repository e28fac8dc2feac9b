// "Your model": any ONNX file runs in the second core, every softmax of it can be seen, and what cannot run is named.
import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "./support/axe.mjs";
import { NARROW, useBrowser } from "./support/browser.mjs";
import { assertClose, assertDistribution, Exhibit, mapOf, opener } from "./support/exhibit.mjs";
import { onnxFile } from "./support/onnx.mjs";

const visit = useBrowser();
const open = opener(visit, "your-model.html");

/** Self-attention without weights: softmax(x xᵀ) x, and a softmax over all that it makes. */
const NODES = [
  ["Transpose", ["x"], ["xt"], "/layers.0/attention/Transpose", { perm: [1, 0] }],
  ["MatMul", ["x", "xt"], ["scores"], "/layers.0/attention/MatMul"],
  ["Softmax", ["scores"], ["weights"], "/layers.0/attention/Softmax", { axis: -1 }],
  ["MatMul", ["weights", "x"], ["mixed"], "/layers.0/attention/MatMul_1"],
  ["Flatten", ["mixed"], ["flat"], "/head/Flatten", { axis: 0 }],
  ["Softmax", ["flat"], ["chances"], "/head/Softmax", { axis: -1 }],
];
const attention = (tokens) => onnxFile({ inputs: { x: [tokens, 3] }, outputs: { chances: [1, "all"] }, nodes: NODES });
const X = [[1, 0, 0.5], [0, 1, -1], [0.3, 0.2, 0.1], [-1, 2, 0]];

const softmax = (row) => {
  const exps = row.map(Math.exp);
  const sum = exps.reduce((a, b) => a + b);
  return exps.map((value) => value / sum);
};
const WEIGHTS = X.map((a) => softmax(X.map((b) => a.reduce((sum, value, i) => sum + value * b[i], 0))));
const MIXED = WEIGHTS.map((row) => [0, 1, 2].map((col) => row.reduce((sum, weight, i) => sum + weight * X[i][col], 0)));
const CHANCES = softmax(MIXED.flat());

const give = (exhibit, name, buffer, mimeType = "") => exhibit.page.locator("#file").setInputFiles({ name, mimeType, buffer });

/** Gives the model's only input these numbers. */
async function numbers({ page }, values) {
  const input = page.locator("#given fieldset").last();
  await input.locator("select").first().selectOption("json");
  const box = input.locator("textarea");
  await box.fill(JSON.stringify(values));
  await box.press("Tab");
}

/** The numbers of the input have come through and the run with them is over. */
const untilAnswer = ({ page }, word) =>
  page.waitForFunction((wanted) => document.documentElement.dataset.state === "done" && globalThis.glimpse.frames.at(-1)?.choices[0]?.word === wanted, word);

test("a dropped file runs, its softmax is a frame, and its answers carry the labels of a dropped text", () =>
  open({}, {}, async (exhibit, { page, requests, screenshot }) => {
    await exhibit.run(() => give(exhibit, "attention.onnx", attention(4)));
    const best = CHANCES.indexOf(Math.max(...CHANCES));
    await numbers(exhibit, [[0]]);
    assert.equal(await exhibit.refusal(), "bad-numbers");
    await numbers(exhibit, X);
    await untilAnswer(exhibit, `number ${best}`);
    const [frame, ...more] = await exhibit.frames();
    assert.equal(more.length, 0, "one softmax that is not the answer");
    assert.deepEqual(frame.words, ["layers.0/attention"]);
    const map = mapOf(frame, "head 1");
    assert.deepEqual([map.rows, map.cols], [4, 4]);
    assertClose(map.weights, WEIGHTS.flat(), 1e-5, "the weights");
    for (let row = 0; row < 4; row++) assertDistribution(map.weights.slice(4 * row, 4 * row + 4), `row ${row}`);
    assertClose(frame.choices.map(({ probability }) => probability), CHANCES.toSorted((a, b) => b - a).slice(0, 5), 1e-5, "the answers");
    const labels = Array.from({ length: 12 }, (_, i) => `label ${i}`).join("\n");
    await exhibit.run(() => give(exhibit, "labels.txt", Buffer.from(labels), "text/plain"));
    assert.equal((await exhibit.frames())[0].choices[0].word, `label ${best}`);
    assert.match(await page.locator("#outputs").textContent(), /chances 1×12/);
    const rows = await page.locator("#graph tbody tr").allTextContents();
    assert.ok(rows.some((row) => row.includes("Softmax") && row.includes("4×4")), "the graph lists the softmax with its shape");
    await page.locator("#graph-search").fill("head");
    assert.equal(await page.locator("#graph tbody tr").count(), 2, "found by name");
    assert.deepEqual(await violations(page), []);
    const second = requests.filter(({ path }) => /^wasm\//.test(path)).map(({ path }) => path.replace(/\.[0-9a-f]{12}\./, "."));
    assert.ok(second.length > 0 && second.every((path) => /^wasm\/glimpse_onnx(_bg)?\.(js|wasm)$/.test(path)), `only the second core: ${second}`);
    await screenshot("your-model-dropped");
  }));

test("the sentence reader guesses the hidden word, each word's look can be seen, and another text gets another guess", () =>
  open({ model: "cloze" }, {}, async (exhibit, { page, screenshot }) => {
    await exhibit.run(() => exhibit.press("#again"));
    const frames = await exhibit.frames();
    assert.deepEqual(frames.map(({ words }) => words[0]).slice(-1), ["rollout"]);
    assert.equal(frames.length, 4, "three layers and the rollout");
    assert.equal(frames[0].choices[0].word, "dog");
    const tokens = page.locator("#tokens button");
    assert.deepEqual(await tokens.allTextContents(), ["[CLS]", "a", "brown", "[MASK]", "catches", "a", "frisbee", "in", "the", "park"]);
    assert.equal(await page.locator("#tokens [aria-pressed=true]").textContent(), "[CLS]");
    await tokens.nth(3).click();
    assert.equal(await page.locator("#tokens [aria-pressed=true]").textContent(), "[MASK]");
    assert.match(page.url(), /row=3/);
    await screenshot("your-model-cloze");
    const text = page.locator("#given input").first();
    await exhibit.run(async () => {
      await text.fill("a yellow ___ drives through the busy street");
      await text.press("Tab");
    });
    assert.notEqual((await exhibit.frames())[0].choices[0].word, "dog");
    assert.equal(await tokens.nth(2).textContent(), "yellow");
    await exhibit.run(() => page.locator("#occlude").check());
    const last = (await exhibit.frames()).at(-1);
    const losses = mapOf(last, "head 1");
    assert.deepEqual([last.words[0], losses.rows, losses.cols], ["occlusion", 1, 9], "each token is hidden in turn");
    assert.ok(Math.max(...losses.weights) > 0.05, "one of them decides");
    assert.deepEqual(await violations(page), []);
  }));

test("a model, its tokenizer and its labels are dropped together", () =>
  open({}, {}, async (exhibit, { page }) => {
    const model = onnxFile({
      inputs: { tokens: [1, "length"] },
      kinds: { tokens: 7 },
      outputs: { chances: [1, "length"] },
      nodes: [["Cast", ["tokens"], ["numbers"], "/Cast", { to: 1 }], ["Softmax", ["numbers"], ["chances"], "/Softmax", { axis: -1 }]],
    });
    const tokenizer = { version: "1.0", added_tokens: [], normalizer: { type: "Lowercase" }, pre_tokenizer: { type: "Whitespace" }, post_processor: null, decoder: null, model: { type: "WordLevel", unk_token: "?", vocab: { "?": 0, the: 1, cat: 2, sat: 3, on: 4, mat: 9 } } };
    const named = (name, text, mimeType) => ({ name, mimeType, buffer: Buffer.from(text) });
    const labels = ["first", "second", "third", "fourth", "fifth", "sixth"].join("\n");
    const files = [named("labels.txt", labels, "text/plain"), named("tokenizer.json", JSON.stringify(tokenizer), "application/json"), { name: "words.onnx", mimeType: "", buffer: model }];
    await page.locator("#file").setInputFiles(files);
    await untilAnswer(exhibit, "sixth");
    assert.match(await page.locator("#given legend").last().textContent(), /1×6/, "the open dimension is as long as the text");
    await give(exhibit, "bad.json", Buffer.from("{}"), "application/json");
    assert.equal(await exhibit.refusal(), "bad-tokenizer");
  }));

test("an open dimension takes the visitor's number", () =>
  open({}, {}, async (exhibit, { page }) => {
    await exhibit.run(() => give(exhibit, "open.onnx", attention("tokens")));
    const size = page.locator("#given fieldset").first().locator("input");
    assert.equal(await size.inputValue(), "1", "a guess");
    await exhibit.run(async () => {
      await size.fill("4");
      await size.press("Tab");
    });
    const map = mapOf((await exhibit.frames())[0], "head 1");
    assert.deepEqual([map.rows, map.cols], [4, 4]);
  }));

test("what cannot run is refused in plain words that name the node, and the page goes on", () =>
  open({}, {}, async (exhibit, { page }) => {
    const refused = async (name, buffer) => {
      const before = await page.locator("#notice").textContent();
      await give(exhibit, name, buffer);
      await page.waitForFunction((said) => !["asked", "loading", "running"].includes(document.documentElement.dataset.state) && document.querySelector("#notice").textContent !== said, before);
      return [await exhibit.refusal(), await page.locator("#notice").textContent()];
    };
    const [broken, said] = await refused("broken.onnx", attention(4).subarray(0, 90));
    assert.equal(broken, "not-onnx");
    assert.match(said, /not an ONNX file/);
    const unknown = onnxFile({ inputs: { x: [2, 2] }, outputs: { y: [2, 2] }, nodes: [["Frobnicate", ["x"], ["y"], "/block/Frobnicate"]] });
    const [kind, text] = await refused("unknown.onnx", unknown);
    assert.equal(kind, "unknown-operator");
    assert.match(text, /\/block\/Frobnicate.*Frobnicate/);
    assert.match(text, /opset|onnxsim/);
    const misfit = onnxFile({ inputs: { x: [2, 3] }, outputs: { y: [2, 2] }, nodes: [["MatMul", ["x", "x"], ["y"], "/block/MatMul"]] });
    const [shapes, why] = await refused("misfit.onnx", misfit);
    assert.equal(shapes, "model-refused");
    assert.match(why, /\/block\/MatMul/);
    await exhibit.run(() => give(exhibit, "attention.onnx", attention(4)));
  }));

test("the sample's four layers look at the digit, over the picture, and the rollout follows", () =>
  open({ live: "" }, {}, async (exhibit, { page }) => {
    const frames = await exhibit.frames();
    assert.equal(frames.length, 5);
    assert.equal(frames.at(-1).words[0], "rollout");
    for (const frame of frames) assert.deepEqual([mapOf(frame, "head 1").rows, mapOf(frame, "head 1").cols], [50, 50]);
    assertDistribution(mapOf(frames.at(-1), "head 1").weights.slice(0, 50), "the rollout of the class token");
    await exhibit.run(() => page.locator("#occlude").check());
    const last = (await exhibit.frames()).at(-1);
    assert.deepEqual([last.words[0], mapOf(last, "head 1").rows], ["occlusion", 7]);
  }));

test("320 pixels hold the page, form and graph", () =>
  open({}, { viewport: { ...NARROW, width: 320 } }, async (exhibit, { page }) => {
    await exhibit.run(() => give(exhibit, "attention.onnx", attention(4)));
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
    assert.deepEqual(await violations(page), []);
  }));

// How far to trust an exhibit: the figures are the manifest's, and what cannot be told is not told.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "../../www/node_modules/vite/dist/node/index.js";

const ROOT = new URL("../../", import.meta.url);
const WWW = fileURLToPath(new URL("www/", ROOT));
const load = async (file) => (await runnerImport(WWW + file, { configFile: false, root: WWW, logLevel: "error" })).module;
const { comparisonOf, figureText, filled } = await load("shell/trust.ts");
const { exhibits } = await load("exhibits/index.ts");
const { models } = JSON.parse(await readFile(new URL("models/manifest.json", ROOT), "utf8"));

const model = (...metrics) => ({ title: "a model", metrics: metrics.map(([name, value, more]) => ({ name, value, split: "test", protocol: "", ...more })) });
const NBSP = "\u00a0";

test("a part in brackets is left out where the manifest does not say it", () => {
  assert.equal(filled("It reaches {value}[; the paper {paper}][ on {n} photos].", { value: "2", n: "3" }), "It reaches 2 on 3 photos.");
});

test("a figure is told with its standard error, and one that is not there is not told", () => {
  const made = { one: model(["accuracy", 85.82, { se: 1.01, n: 1185, paper: 83.9 }], ["pointing", 0.853, { se: 0.021, chance: 0.27 }]) };
  const how = { unit: "%" };
  assert.equal(figureText(made, { of: ["one", "accuracy"], says: "{value} of {n}, paper {paper}", ...how }), `85.8${NBSP}±${NBSP}1.0${NBSP}% of 1,185, paper 83.9${NBSP}%`);
  assert.equal(figureText(made, { of: ["one", "pointing"], says: "{value}, chance {chance}", share: true, digits: 0, ...how }), `85${NBSP}±${NBSP}2${NBSP}%, chance 27${NBSP}%`);
  assert.equal(figureText(made, { of: ["one", "entropy"], says: "{value}" }), null);
  assert.throws(() => figureText(made, { of: ["two", "accuracy"], says: "{value}" }), /no model two/);
});

test("a difference is real from two standard errors on, and without one it is not told", () => {
  const made = { one: model(["near", 10, { se: 3 }], ["far", 20, { se: 4 }], ["farther", 20.1, { se: 4 }], ["alone", 30], ["lead", 1.2, { se: 0.05 }]) };
  const of = (a, b) => comparisonOf(made, { a: ["one", a], b: ["one", b], says: "{a} against {b}" });
  assert.deepEqual(of("far", "near"), { says: "20.0 against 10.0", real: true, difference: `10.0${NBSP}±${NBSP}5.0` });
  assert.equal(of("farther", "far").real, false);
  assert.equal(of("near", "far").difference, `10.0${NBSP}±${NBSP}5.0`, "whichever is ahead");
  assert.equal(of("alone", "near"), null);
  assert.equal(of("missing", "near"), null);
  const paired = { a: ["one", "farther"], b: ["one", "far"], says: "{a}, {b}", lead: ["one", "lead"] };
  assert.deepEqual(comparisonOf(made, paired), { says: "20.1, 20.0", real: true, difference: `1.2${NBSP}±${NBSP}0.1` }, "on the same cases");
  assert.equal(comparisonOf(made, { ...paired, lead: ["one", "missing"] }).real, false, "apart, where no such lead was measured");
});

for (const { name, knows, cards, trust } of exhibits) {
  test(`${name} says what it knows, and how far to trust it`, async () => {
    assert.match(knows, /^[A-Z].{30,300}\.$/);
    const measured = Object.keys(cards).some((id) => models[id].metrics.length > 0);
    assert.equal(trust !== undefined, measured, "a trust section where something was measured");
    if (!trust) return;
    const shown = trust.figures.map((figure) => figureText(models, figure)).filter(Boolean);
    assert.ok(shown.length > 0, "at least one figure");
    for (const text of shown) assert.doesNotMatch(text, /[{}[\]]|NaN|undefined/);
    const trained = await trainingCode();
    const named = [...trust.figures.map(({ of }) => of), ...trust.comparisons.flatMap(({ a, b }) => [a, b])];
    for (const [id, metric] of named) {
      assert.ok(id in models, `the manifest has ${id}`);
      const known = models[id].metrics.some((one) => one.name === metric) || trained.includes(`"${metric}"`);
      assert.ok(known, `${id}: ${metric} is measured`);
      assert.ok(id in cards, `${id} has its card linked`);
    }
    for (const one of [...trust.figures, ...trust.comparisons]) assert.doesNotMatch(one.says.replace(/\d+ (words|actions|species)|BLEU-4/g, ""), /\d/, "figures are the manifest's");
  });
}

/** All that trains and measures, as one text: a metric that the next model brings is named there already. */
async function trainingCode() {
  const folder = new URL("models/train/", ROOT);
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".py"));
  return (await Promise.all(files.map((file) => readFile(new URL(file, folder), "utf8")))).join("\n");
}

// What teachers are given: a plan for every exhibit in one form, figures from the manifest, links that lead somewhere, and how a guess is scored.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "../../www/node_modules/vite/dist/node/index.js";

const ROOT = new URL("../../", import.meta.url);
const WWW = fileURLToPath(new URL("www/", ROOT));
const load = async (file) => (await runnerImport(WWW + file, { configFile: false, root: WWW, logLevel: "error" })).module;
const { namesOf, teachingOf, teachingsOf } = await load("build/teach.ts");
const { withFigures } = await load("build/figures.ts");
const { linksIn, plain } = await load("build/markdown.ts");
const { caughtBy, scoreOf } = await load("shell/caught.ts");
const { exhibits } = await load("exhibits/index.ts");
const { models } = JSON.parse(await readFile(new URL("models/manifest.json", ROOT), "utf8"));
const teachings = await teachingsOf(exhibits, models);

/** Names in an address that are no setting of an exhibit. */
const ANYWHERE = ["step", "guess", "sample", "follow", "target"];
const NBSP = "\u00a0";

const wordsIn = (tokens) => plain(tokens).split(/\s+/).length;
function lengthy(what, count, [least, most]) {
  assert.ok(count >= least && count <= most, `${what}: ${count} words, ${least} to ${most} are wanted`);
}

/** Whether an address names an exhibit and only settings that it has. */
function checkLink(href, file, papers) {
  if (href.startsWith("https:")) return assert.ok(href.startsWith("https://arxiv.org/abs/") || papers.includes(href), `${file} leads to ${href}`);
  const [page, query] = href.split("?");
  const meta = exhibits.find(({ name }) => `${name}.html` === page);
  assert.ok(meta, `${file} leads to ${page}`);
  for (const [key, value] of new URLSearchParams(query)) {
    const [name, setting] = Object.entries(meta.settings).find(([name, { param = name }]) => param === key) ?? [];
    assert.ok(name || ANYWHERE.includes(key), `${file}: ${page} has no setting ${key}`);
    if (setting?.kind === "choice") assert.ok(value in setting.options, `${file}: ${page}'s ${key} cannot be ${value}`);
    if (key === "sample") assert.ok(meta.file?.samples?.some((sample) => sample.name === value), `${file}: ${page} has no sample ${value}`);
    if (key === "guess") assert.ok("guess" in meta.settings && value === "on", `${file}: ${page} hides no next look`);
  }
}

test("every line of the start page has its plan", () => {
  const wanted = exhibits.flatMap((meta) => namesOf(meta).map(({ file }) => file)).sort();
  assert.deepEqual(teachings.map(({ file }) => file).sort(), wanted);
  assert.equal(new Set(teachings.map(({ name }) => name)).size, teachings.length);
});

for (const teaching of teachings) {
  const { file, goals, questions, predict, misconceptions, timing, meta } = teaching;
  const bodies = [...goals, ...questions.map(({ body }) => body), predict, ...misconceptions.map(({ body }) => body), ...timing.flatMap(({ steps }) => steps)];

  test(`${file} is as long as a teacher reads and a page of paper holds`, () => {
    goals.forEach((goal, i) => lengthy(`goal ${i + 1}`, wordsIn(goal), [5, 20]));
    for (const { title, body } of questions) {
      assert.ok(title.length <= 130, title);
      lengthy(title, wordsIn(body), [25, 90]);
    }
    lengthy("Predict", wordsIn(predict), [40, 105]);
    for (const { title, body } of misconceptions) {
      assert.match(title, /^“.*”$/);
      lengthy(title, wordsIn(body), [18, 90]);
    }
  });

  test(`${file}: the steps of a lesson fill its minutes`, () => {
    for (const { minutes, steps } of timing) {
      const each = steps.map((step) => Number(/^(\d+) min: /.exec(plain(step))?.[1]));
      assert.equal(each.reduce((sum, one) => sum + one, 0), parseInt(minutes), `${minutes}: ${each.join(" + ")}`);
    }
  });

  test(`${file}: its links lead to exhibits in states that they have, or to papers`, () => {
    const papers = meta.papers.map(({ url }) => url);
    for (const href of bodies.flatMap(linksIn)) checkLink(href, file, papers);
  });

  test(`${file} says that attention is not explanation, with a measured figure, and types no percentage by hand`, async () => {
    const source = await readFile(WWW + file, "utf8");
    assert.doesNotMatch(source.replace(/\{\{[^{}]*\}\}/g, ""), /\d\s*%|\{|\}/);
    const [, section] = /^## Misconceptions$(.*?)^## /ms.exec(source);
    const about = section.split(/^### /m).find((one) => /not explanation/.test(one));
    assert.ok(about, "a misconception about explanation");
    assert.match(about, /\{\{(metric|difference) /);
    for (const body of bodies) assert.doesNotMatch(plain(body), /NaN|undefined|\{\{/);
  });
}

test("figures that stand side by side have their standard errors", async () => {
  // Multiply-adds are counted.
  const isCounted = (name) => name.startsWith("multiply_adds");
  for (const { file } of teachings) {
    for (const paragraph of (await readFile(WWW + file, "utf8")).split("\n")) {
      const named = [...paragraph.matchAll(/\{\{(?:metric|paper) (\S+) (\S+)\}\}/g)].map(([, model, name]) => models[model].metrics.find((metric) => metric.name === name));
      if (named.length < 2) continue;
      for (const { name, se } of named) assert.ok(se !== undefined || isCounted(name), `${file} compares ${name}`);
    }
  }
});

test("no two plans ask the same or mend the same", () => {
  for (const part of ["questions", "misconceptions"]) {
    const titles = teachings.flatMap((teaching) => teaching[part].map(({ title }) => title));
    assert.equal(new Set(titles).size, titles.length, part);
    const texts = teachings.flatMap((teaching) => teaching[part].map(({ body }) => plain(body)));
    assert.equal(new Set(texts).size, texts.length, part);
  }
});

test("a prediction begins with the next look hidden wherever an exhibit can hide it", () => {
  for (const { file, meta, address } of teachings) {
    const hides = "guess" in meta.settings && !file.endsWith("-semantic.md");
    assert.equal(address.includes("guess=on"), hides, file);
  }
});

test("a plan that lacks something is refused with its name", async () => {
  const [meta] = exhibits;
  const [names] = namesOf(meta);
  const good = withFigures(await readFile(WWW + names.file, "utf8"), names.file, exhibits, models);
  const read = (text) => () => teachingOf(text, names, meta, meta.entries[0]);
  read(good)();
  for (const [change, said] of [
    [(text) => text.replace(/^# .*/, "# Something else"), /begins with the one line "# Alignment in translation"/],
    [(text) => text.replace("## Predict", "## Guess"), /its sections are Goals, Questions, Predict/],
    [(text) => text.replace(/^## Goals\n\n- .*\n/m, "## Goals\n\n"), /"Goals" holds 3 goals, not 2/],
    [(text) => text.replace(/^### .*\n\n.*\n/m, ""), /"Questions" holds 3 questions, not 2/],
    [(text) => text.replace("### 45 minutes", "### An hour"), /"Timing" holds 10 minutes and 45 minutes/],
    [(text) => text.replace("(translate.html?guess=on&step=4)", "(captions.html)"), /the first link of "Predict" leads to translate\.html/],
  ]) {
    assert.throws(read(change(good)), (error) => error.message.startsWith(`${names.file}: `) && said.test(error.message), String(said));
  }
});

test("a figure is the manifest's, as the exhibit's own page shows it", () => {
  const metric = (name, value, more) => ({ name, value, split: "", protocol: "", ...more });
  const made = {
    "caption-soft": { title: "", metrics: [metric("gaze_pointing", 0.696, { se: 0.052, chance: 0.336, n: 79 }), metric("bleu4", 22.6, { paper: 19.5 })] },
    "ram-cluttered": { title: "", metrics: [metric("error_sampled", 2.42, { se: 0.15 })] },
    "caption-hard": { title: "", metrics: [metric("gaze_pointing", 0.803, { se: 0.046 })] },
  };
  const put = (text) => withFigures(text, "plan.md", exhibits, made);
  assert.equal(put("{{metric caption-soft gaze_pointing}} of {{cases caption-soft gaze_pointing}}"), `70${NBSP}±${NBSP}5${NBSP}% of 79`);
  assert.equal(put("{{chance caption-soft gaze_pointing}}, {{paper caption-soft bleu4}}"), `34${NBSP}%, 19.5`);
  assert.equal(put("{{metric ram-cluttered error_sampled}}"), `2.42${NBSP}±${NBSP}0.15${NBSP}%`, "as the error beside it");
  assert.equal(put("{{difference caption-hard gaze_pointing caption-soft gaze_pointing}}"), `11${NBSP}±${NBSP}7${NBSP}%, no measurable difference`);
  assert.throws(() => put("{{metric caption-soft wit}}"), /plan\.md: models\/manifest\.json does not hold what \{\{metric caption-soft wit\}\}/);
  assert.throws(() => put("{{metric oracle bleu4}}"), /plan\.md: models\/manifest\.json has no model oracle/);
  assert.throws(() => put("{{figure caption-soft bleu4}}"), /does not hold what/);
});

test("an even gaze gives every guess what chance gives", () => {
  const even = { rows: 14, cols: 14, weights: new Float32Array(196).fill(1 / 196) };
  for (const [x, y] of [[0.5, 0.5], [0, 0], [0.93, 0.2]]) {
    const caught = caughtBy(x, y, even);
    assert.ok(caught.even > 0 && caught.even < 0.1);
    assert.ok(Math.abs(caught.share - caught.even) < 1e-6);
  }
});

test("a guess catches what lies in its ring", () => {
  const weights = new Float32Array(49);
  weights[7 * 2 + 5] = 3;
  weights[7 * 6] = 1;
  const gaze = { rows: 7, cols: 7, weights };
  assert.equal(caughtBy(5.5 / 7, 2.5 / 7, gaze).share, 0.75);
  assert.equal(caughtBy(0.02, 0.98, gaze).share, 0.25);
  assert.equal(caughtBy(0.5, 0.8, gaze).share, 0);
  assert.equal(caughtBy(0.5, 0.5, { ...gaze, weights: new Float32Array(49) }).share, 0, "without any weight nothing is caught");
});

test("a score is told in plain words", () => {
  const first = { share: 0.5, even: 0.07 };
  assert.equal(scoreOf([first]), `50${NBSP}% of the gaze was in your ring; spread evenly it would be 7${NBSP}%.`);
  assert.match(scoreOf([first, { share: 0.1, even: 0.05 }]), /^10\s% .* 5\s%\. On average over 2 guesses: 30\s% against 6\s%\.$/);
  assert.match(scoreOf([first], { where: "on that word" }), /on that word/);
});

// The glossary: every term that a lesson marks, each with a definition, its slides and its exhibits.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "../../www/node_modules/vite/dist/node/index.js";

const WWW = fileURLToPath(new URL("../../www/", import.meta.url));
const load = async (file) => (await runnerImport(WWW + file, { configFile: false, root: WWW, logLevel: "error" })).module;
const { entriesOf, glossary, marked, markedTerms, glossaryEntries } = await load("build/glossary.ts");
const { exhibits } = await load("exhibits/index.ts");
const entries = await glossary();
const SLIDES = 31;

test("every term that a lesson marks is defined", async () => {
  const terms = await markedTerms();
  assert.ok(terms.length >= 15, `${terms.length} terms are marked`);
  const defined = new Set(entries.map(({ term }) => term));
  assert.deepEqual(terms.filter((term) => !defined.has(term)), []);
});

test("no term is marked in a way that the build does not see", async () => {
  const files = (await readdir(`${WWW}exhibits`, { recursive: true })).filter((file) => file.endsWith(".ts"));
  for (const file of files) {
    const source = await readFile(`${WWW}exhibits/${file}`, "utf8");
    const used = [...source.matchAll(/\bterm\(/g)].length;
    assert.equal(marked(source).length, used, file);
    assert.ok(used === 0 || file.endsWith("lesson.ts"), `${file} marks terms`);
  }
});

for (const { term, id, definition, slides, exhibits: met } of entries) {
  test(`“${term}” is defined in one or two sentences and names slides and exhibits`, () => {
    assert.match(id, /^[a-z0-9-]+$/);
    assert.match(definition, /^[A-Z].{20,260}\.$/);
    assert.ok(definition.split(/[.?!](?=\s+[A-Z])/).length <= 2, definition);
    assert.ok(slides.length > 0 && slides.every((slide) => Number.isInteger(slide) && slide >= 1 && slide <= SLIDES), `slides ${slides}`);
    assert.ok(met.length > 0, "an exhibit");
    for (const address of met) {
      const [page, query] = address.split("?");
      const meta = exhibits.find(({ name }) => `${name}.html` === page);
      assert.ok(meta, address);
      const { model } = Object.fromEntries(new URLSearchParams(query));
      if (model) assert.ok(model in meta.settings.model.options, address);
      const [from, to] = [Math.min(...slides), Math.max(...slides)];
      assert.ok(meta.entries.some((entry) => entry.slides[0] <= to && entry.slides[1] >= from), `${page} stands at one of the slides ${from}–${to}`);
    }
  });
}

test("terms stand once, by the alphabet, and the search gets them with their addresses", async () => {
  const ids = entries.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  const terms = entries.map(({ term }) => term);
  assert.deepEqual(terms, [...terms].sort((a, b) => a.localeCompare(b, "en")));
  const searched = await glossaryEntries();
  assert.equal(searched.length, entries.length);
  assert.deepEqual(searched.find(({ title }) => title === "softmax").address, "glossary.html#softmax");
});

test("an entry without its line of slides is refused with its name", () => {
  assert.throws(() => entriesOf("## odd\n\nOnly a definition.\n", "g.md"), /g\.md: “odd”/);
});

// What an address hides and locks, what a link takes along, and lists of presets that a teacher writes.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "../../www/node_modules/vite/dist/node/index.js";

const WWW = fileURLToPath(new URL("../../www/", import.meta.url));
const load = async (name) => (await runnerImport(`${WWW}${name}.ts`, { configFile: false, root: WWW, logLevel: "error" })).module;
const { viewOf, takeAlong, unknownNames, plainQuery } = await load("kit/view");
const { readPresets, addressOf } = await load("kit/presets");
const { builtLink, embedCode, NOTHING } = await load("shell/share-link");

test("an address says what is hidden, revealed and locked, in any spelling of a list", () => {
  const view = viewOf(new URLSearchParams("hide=panel,%20Title&reveal=words&lock=model,seed,model&start=paused&embed"));
  assert.deepEqual(view, { hide: ["panel", "title"], reveal: ["words"], lock: ["model", "seed"], start: "paused", embed: true });
  assert.deepEqual(viewOf(new URLSearchParams("start=soon&hide=")), { hide: [], reveal: [], lock: [], start: null, embed: false });
});

test("names that a page does not have are said, the others not", () => {
  const said = unknownNames(viewOf(new URLSearchParams("hide=panel,pannel,seed&lock=model,stage,nothing")), ["model", "seed"]);
  assert.equal(said.length, 2);
  assert.match(said[0], /hide=pannel,/);
  assert.match(said[1], /lock=nothing,/);
});

test("a link within the site takes along what is hidden and locked, a link out of it does not", () => {
  const here = "https://a.org/g/draw.html?hide=panel&lock=model,seed&embed=&step=3";
  assert.equal(takeAlong("https://a.org/g/captions.html?model=hard&lock=beam", here), "https://a.org/g/captions.html?model=hard&lock=beam,model,seed&hide=panel&embed");
  assert.equal(takeAlong("https://a.org/g/", here), "https://a.org/g/?hide=panel&lock=model,seed&embed");
  assert.equal(takeAlong("https://a.org/g/teach/draw.html", here), "https://a.org/g/teach/draw.html?hide=panel&lock=model,seed&embed");
  for (const out of ["https://b.org/g/draw.html", "https://a.org/other/draw.html", "https://a.org/g/icon.svg"]) assert.equal(takeAlong(out, here), null);
});

test("a built link drops what was chosen before, and never presents", () => {
  const choice = { ...NOTHING, hide: ["trust"], reveal: ["words"], start: "paused", step: 2 };
  const here = "https://a.org/draw.html?seed=4&hide=panel&present=yes&activity=3";
  assert.equal(builtLink(here, choice, null), "https://a.org/draw.html?seed=4&hide=trust&reveal=words&start=paused&step=2");
  assert.equal(builtLink(here, NOTHING, "AbC-_", true), "https://a.org/draw.html?seed=4&embed#photo=AbC-_");
  assert.match(embedCode('https://a.org/draw.html?a="&b', "DRAW", false), /^<iframe src="https:\/\/a\.org\/draw\.html\?a=&quot;&amp;b" title="DRAW"/);
  assert.equal(plainQuery(new URLSearchParams({ hide: "a,b", embed: "" })), "hide=a,b&embed");
});

const SETTINGS = { draw: ["model", "seed"] };
const faultsOf = (list) => readPresets(typeof list === "string" ? list : JSON.stringify(list), SETTINGS).faults;

test("a list of presets is read, and each of its addresses is that of its exhibit", () => {
  const { list } = readPresets(JSON.stringify({ title: "Mine", presets: [{ title: "One", exhibit: "draw", settings: { seed: 3 }, reveal: ["words"], lock: ["seed"], minutes: 5, step: 2 }] }), SETTINGS);
  assert.equal(addressOf(list.presets[0], { activity: "1" }), "draw.html?seed=3&reveal=words&lock=seed&step=2&activity=1");
});

test("what is wrong with a list is said in plain words, and where", () => {
  assert.match(faultsOf('{ "title": "x", }')[0], /not written as JSON/);
  assert.match(faultsOf([])[0], /must be written as/);
  const faults = faultsOf({ title: "x", presets: [{ title: "A", exhibit: "drew" }, { exhibit: "draw", lock: ["sed"], hide: "panel" }, { title: "C", exhibit: "draw", minutes: -1, settings: { model: {} }, colour: 1 }, 7] });
  for (const [i, wanted] of [/^Preset 1 \(“A”\) names the exhibit "drew", which is not there/, /^Preset 2 has no "title"/, /^Preset 2 has a "hide" that is not a list/, /^Preset 2 says "lock" of "sed"/].entries()) assert.match(faults[i], wanted);
  assert.ok(faults.some((fault) => /Preset 3 .*"minutes"/.test(fault)) && faults.some((fault) => /Preset 3 .*"colour"/.test(fault)) && faults.some((fault) => /^Preset 4 is not written/.test(fault)));
});

test("the lists that ship can be read, and the course has eight activities with times", async () => {
  for (const name of ["course", "presets"]) {
    const text = await readFile(`${WWW}shell/${name}.json`, "utf8");
    const exhibits = Object.fromEntries([...text.matchAll(/"exhibit": "([\w-]+)"/g)].map(([, one]) => [one, null]));
    const { list, faults } = readPresets(text, exhibits);
    assert.deepEqual(faults, undefined);
    if (name === "course") assert.ok(list.presets.length === 8 && list.presets.every(({ minutes, exhibit }) => minutes > 0 && exhibit));
  }
});

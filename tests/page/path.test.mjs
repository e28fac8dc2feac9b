// The lecture as a path: the slide map agrees with src/lib.rs, its links name what exists, and the search finds.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "../../www/node_modules/vite/dist/node/index.js";

const ROOT = new URL("../../", import.meta.url);
const WWW = fileURLToPath(new URL("www/", ROOT));
const load = async (file) => (await runnerImport(WWW + file, { configFile: false, root: WWW, logLevel: "error" })).module;
const { exhibits } = await load("exhibits/index.ts");
const { slides, chapters, addressOfShown } = await load("lobby/slides.ts");
const { pathOf, waysOf } = await load("shell/path.ts");
const { searchEntries } = await load("lobby/search-entries.ts");
const { find } = await load("lobby/find.ts");
const { placed } = await load("kit/tooltips.ts");
const path = pathOf(exhibits);
const entries = searchEntries(path, slides);
const byName = Object.fromEntries(exhibits.map((meta) => [meta.name, meta]));
const recordings = JSON.parse(await readFile(new URL("www/recordings/index.json", ROOT), "utf8"));

/** The exhibits of each slide, as the table in src/lib.rs has them. */
async function tableOfLecture() {
  const text = await readFile(new URL("src/lib.rs", ROOT), "utf8");
  const rows = [...text.matchAll(/^\/\/! \| (\d[^|]*) \|.*\|([^|]*)\|[^|]*\|$/gm)];
  const named = new Map();
  for (const [, ranges, cell] of rows) {
    for (const range of ranges.split(",")) {
      const [from, to = from] = range.trim().split("–").map(Number);
      for (let slide = from; slide <= to; slide++) named.set(slide, new Set([...(named.get(slide) ?? []), ...[...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name)]));
    }
  }
  return named;
}

test("the slide map has the slides and the exhibits of the table in src/lib.rs", async () => {
  const table = await tableOfLecture();
  assert.deepEqual(slides.map(({ number }) => number), [...table.keys()].sort((a, b) => a - b));
  for (const { number, shown } of slides) assert.deepEqual([...new Set(shown.map(({ exhibit }) => exhibit))].sort(), [...table.get(number)].sort(), `slide ${number}`);
});

test("an exhibit of the lecture's systems is linked at every slide that it says it belongs to", async () => {
  const ofLecture = new Set([...(await tableOfLecture()).values()].flatMap((names) => [...names]));
  for (const { meta, entry } of path.filter((stop) => ofLecture.has(stop.meta.name))) {
    for (let slide = entry.slides[0]; slide <= entry.slides[1]; slide++) {
      assert.ok(slides[slide - 1].shown.some(({ exhibit }) => exhibit === meta.name), `${meta.name} at slide ${slide}`);
    }
  }
});

test("every slide says in a few words what it holds", () => {
  for (const { number, holds } of slides) assert.match(holds, /^[A-Z].{3,47}$/, `slide ${number}`);
  assert.equal(new Set(slides.map(({ holds }) => holds)).size, slides.length);
});

test("every link of the slide map names settings and a frame that there are", async () => {
  for (const shown of slides.flatMap((slide) => slide.shown)) {
    const { settings } = byName[shown.exhibit];
    for (const [key, value] of new URLSearchParams(shown.query)) {
      const setting = Object.entries(settings).find(([name, one]) => (one.param ?? name) === key)?.[1];
      if (setting?.kind === "choice") assert.ok(value in setting.options, `${addressOfShown(shown)}: ${key}`);
    }
    if (!shown.step) continue;
    const page = `${shown.exhibit}.html${shown.query && `?${shown.query}`}`;
    const recorded = recordings.find((one) => one.page === page || (page === "captions.html" && one.page === "captions.html?sample=surfer"));
    assert.ok(recorded, `${page} has a recorded run`);
    const { frames } = JSON.parse(await readFile(new URL(`www/recordings/${recorded.file}`, ROOT), "utf8"));
    assert.ok(shown.step <= frames.length, addressOfShown(shown));
  }
});

test("the chapters follow each other, and every stop of the path lies in one", () => {
  for (const [i, { slides: [from] }] of chapters.entries()) assert.equal(from, i === 0 ? 6 : chapters[i - 1].slides[1] + 1);
  assert.equal(chapters.at(-1).slides[1], slides.length);
  for (const { entry } of path) assert.equal(chapters.filter(({ slides: [from, to] }) => entry.slides[0] >= from && entry.slides[0] <= to).length, 1, entry.system);
});

test("the path goes through every entry of every exhibit in the order of the slides, and back", () => {
  assert.equal(path.length, exhibits.reduce((sum, { entries: all }) => sum + all.length, 0));
  const first = path.map(({ entry }) => entry.slides[0]);
  assert.deepEqual(first, first.toSorted((a, b) => a - b));
  const ways = exhibits.flatMap((meta) => waysOf(meta, path));
  const next = new Map(ways.map(({ stop, after }) => [stop.address, after?.address]));
  const walked = [];
  for (let address = path[0].address; address; address = next.get(address)) walked.push(address);
  assert.deepEqual(walked, path.map(({ address }) => address));
  for (const { stop, before } of ways) assert.equal(before?.address, walked[stop.number - 2]);
});

test("the search finds exhibits, papers and slides by the beginnings of their words", () => {
  const first = (query) => find(query, entries)[0];
  assert.match(first("softmax").title, /softmax/i);
  assert.match(first("REINFORCE").title, /REINFORCE/);
  assert.match(first("bahdanau").note, /Bahdanau.*Translation/);
  assert.match(first("slide 22").title, /^Slide 22:/);
  assert.equal(first("semantic attention").address, "captions.html?model=semantic&sample=dog");
  assert.equal(first("Handwr").address.split("?")[0], "handwriting.html");
  assert.deepEqual(find("háRD  dígits", entries)[0], find("hard digits", entries)[0], "accents and capitals make no difference");
  assert.deepEqual(find("zebra", entries), []);
  assert.deepEqual(find("  ?! ", entries), []);
  for (const { system } of path.map(({ entry }) => entry)) assert.ok(find(system, entries).length > 0, system);
  for (const { title } of exhibits.flatMap(({ papers }) => papers)) assert.ok(find(title, entries).some(({ note }) => note.startsWith("Paper:")), title);
  assert.equal(entries.filter(({ note }) => /^Paper: Gregor/.test(note)).length, 1, "a paper is listed once");
});

test("a definition stands inside the window wherever its term is", () => {
  const view = { width: 320, height: 480 };
  for (const box of [{ width: 255, height: 90 }, { width: 304, height: 460 }]) {
    for (const left of [-40, 0, 150, 300]) {
      for (const top of [-30, 5, 240, 470]) {
        const at = placed({ left, top, bottom: top + 20 }, box, view);
        assert.ok(at.left >= 8 && at.left + box.width <= view.width - 8, `${left} ${top}`);
        assert.ok(at.top >= 8 && at.top + box.height <= view.height - 8, `${left} ${top}`);
      }
    }
  }
  assert.deepEqual(placed({ left: 20, top: 100, bottom: 120 }, { width: 200, height: 80 }, view), { left: 20, top: 120 });
  assert.deepEqual(placed({ left: 20, top: 440, bottom: 460 }, { width: 200, height: 80 }, view), { left: 20, top: 360 }, "above, where there is no room below");
});

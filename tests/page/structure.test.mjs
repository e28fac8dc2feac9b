// The page's rooms: imports run one way, in no circle, and no exhibit leans on another.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const WWW = fileURLToPath(new URL("../../www/", import.meta.url));
/** Each room may import itself and the rooms that it names. */
const ROOMS = {
  kit: [],
  stage: ["kit"],
  run: ["stage", "kit"],
  inputs: ["run", "stage", "kit"],
  shell: ["inputs", "run", "stage", "kit"],
  exhibits: ["shell", "inputs", "run", "stage", "kit"],
  lobby: ["exhibits", "shell", "inputs", "run", "stage", "kit"],
};
const MOST_LINES = 400;

const entries = await readdir(WWW, { recursive: true, withFileTypes: true });
const files = entries
  .filter((entry) => entry.isFile() && /\.(ts|css)$/.test(entry.name))
  .map((entry) => path.relative(WWW, path.join(entry.parentPath ?? entry.path, entry.name)).split(path.sep).join("/"))
  .filter((file) => !file.startsWith("node_modules/"));
const sources = new Map(await Promise.all(files.map(async (file) => [file, await readFile(path.join(WWW, file), "utf8")])));
const modules = files.filter((file) => file.endsWith(".ts"));

/** The page's own modules that a module imports, types included. */
function importsOf(file) {
  const named = [...sources.get(file).matchAll(/(?:from|import)\s*\(?\s*"(\.[^"?]+)"/g)].map(([, name]) => path.posix.join(path.posix.dirname(file), name));
  return named.flatMap((name) => [`${name}.ts`, `${name}/index.ts`].filter((one) => sources.has(one)));
}
const roomOf = (file) => file.split("/")[0];

test("imports run one way between the rooms", () => {
  const wrong = modules
    .filter((file) => roomOf(file) in ROOMS)
    .flatMap((file) => importsOf(file).map((to) => [file, to]))
    .filter(([from, to]) => roomOf(from) !== roomOf(to) && !ROOMS[roomOf(from)].includes(roomOf(to)));
  assert.deepEqual(wrong, []);
});

test("no module imports itself by a detour", () => {
  const done = new Set();
  const walk = (file, trail) => {
    const at = trail.indexOf(file);
    assert.equal(at, -1, `a circle: ${[...trail.slice(at), file].join(" → ")}`);
    if (done.has(file)) return;
    for (const next of importsOf(file)) walk(next, [...trail, file]);
    done.add(file);
  };
  for (const file of modules) walk(file, []);
});

test("no exhibit imports another", () => {
  const folder = (file) => file.split("/").slice(0, 2).join("/");
  const wrong = modules
    .filter((file) => /^exhibits\/[^/]+\//.test(file))
    .flatMap((file) => importsOf(file).map((to) => [file, to]))
    .filter(([from, to]) => to.startsWith("exhibits/") && folder(from) !== folder(to));
  assert.deepEqual(wrong, []);
});

test("an exhibit's folder holds all of it", () => {
  const names = [...new Set(modules.map((file) => /^exhibits\/([^/]+)\//.exec(file)?.[1]).filter(Boolean))];
  for (const name of names) for (const part of ["meta", "page", "lesson", "still"]) assert.ok(sources.has(`exhibits/${name}/${part}.ts`), `exhibits/${name}/${part}.ts`);
});

test(`no file has more than ${MOST_LINES} lines`, () => {
  const long = files.map((file) => [file, sources.get(file).split("\n").length - 1]).filter(([, lines]) => lines > MOST_LINES);
  assert.deepEqual(long, []);
});

test("nothing is put into the page as markup that a library has not made safe", () => {
  const unsafe = modules.filter((file) => !file.startsWith("build/") && /\binnerHTML\b|unsafeHTML|outerHTML|insertAdjacentHTML/.test(sources.get(file)));
  assert.deepEqual(unsafe, []);
});

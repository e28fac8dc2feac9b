// French and English as people read them, from the pieces that the translators say.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "../../www/node_modules/vite/dist/node/index.js";

const FILE = fileURLToPath(new URL("../../www/exhibits/translate/words.ts", import.meta.url));
const { piecesTold, sentenceOf, wordsOf } = (await runnerImport(FILE, { configFile: false, logLevel: "error" })).module;

const NARROW = "\u202f";
const WIDE = "\u00a0";

for (const [pieces, sentence] of [
  ["▁L|'|homme|▁court|.", "L'homme court."],
  ["▁L|'|▁homme|▁court|▁.", "L'homme court."],
  ["▁l|▁'|homme", "l'homme"],
  ["▁Je|▁crois|▁qu|'|▁il|▁vient|,|▁lui", "Je crois qu'il vient, lui"],
  ["▁aujourd|'|hui", "aujourd'hui"],
  ["▁aujourd|'|▁hui", "aujourd'hui"],
  ["▁jusqu|'|▁à|▁lundi", "jusqu'à lundi"],
  ["▁Qu|'|est|-|ce|▁que|▁c|'|est|▁?", `Qu'est-ce que c'est${NARROW}?`],
  ["▁Viens|!", `Viens${NARROW}!`],
  ["▁Viens|▁?|!", `Viens${NARROW}?!`],
  ["▁Viens|▁|?|▁|!", `Viens${NARROW}?!`],
  ["▁Il|▁pleut|▁;|▁restons", `Il pleut${NARROW}; restons`],
  ["▁Elle|▁dit|▁:|▁«|▁oui|▁»|.", `Elle dit${WIDE}: «${WIDE}oui${WIDE}».`],
  ["▁«|oui|»", `«${WIDE}oui${WIDE}»`],
  ['▁Il|▁dit|▁"|oui|"|▁et|▁"|▁non|▁"|.', 'Il dit "oui" et "non".'],
  ["▁à|▁7:30|▁(|▁tard|▁)|,|▁je|▁crois", "à 7:30 (tard), je crois"],
  ["▁M|.|▁O'Brien|▁a|▁2,500|▁chiens|.|.|.", "M. O'Brien a 2,500 chiens..."],
  ["▁rendez|-|vous|▁dans|▁le|▁bar", "rendez-vous dans le bar"],
  ["", ""],
]) {
  test(`French: ${sentence}`, () => assert.equal(sentenceOf(pieces.split("|").filter(Boolean), "fr"), sentence));
}

for (const [pieces, sentence] of [
  ["▁Why|▁didn|'|t|▁you|?", "Why didn't you?"],
  ["▁a|▁:|▁b|;|▁c|!", "a : b; c!"],
  ["▁|\"|Yes|\"|,|▁he|▁said|.", '"Yes", he said.'],
]) {
  test(`English: ${sentence}`, () => assert.equal(sentenceOf(pieces.split("|"), "en"), sentence));
}

test("each piece belongs to one word, in order", () => {
  const pieces = ["▁", '"', "L", "'", "hom", "me", '"', "▁?", "<end>"];
  const words = wordsOf(pieces, "fr");
  assert.deepEqual(
    words.map(({ text, first, count }) => [text, first, count]),
    [['"', 0, 2], ["L'homme", 2, 4], ['"', 6, 1], ["?", 7, 1], ["end", 8, 1]],
  );
  assert.equal(piecesTold(pieces, words[1]), "pieces: L · ' · hom · me");
  assert.equal(piecesTold(["▁chien"], wordsOf(["▁chien"], "fr")[0]), "piece: chien");
});

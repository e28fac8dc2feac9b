// The digests of pages that the browser denies its own: FIPS 180-4's examples, and what Node says of every length about a block.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "../../www/node_modules/vite/dist/node/index.js";

const FILE = fileURLToPath(new URL("../../www/run/sha256.ts", import.meta.url));
const { plainSha256 } = (await runnerImport(FILE, { configFile: false, logLevel: "error" })).module;
const hex = (bytes) => Buffer.from(plainSha256(bytes)).toString("hex");

test("the examples of the standard", () => {
  assert.equal(hex(Buffer.from("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert.equal(hex(Buffer.alloc(0)), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("every length about one block and two, and a megabyte", () => {
  for (const length of [...Array(140).keys(), 1_000_003]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255);
    assert.equal(hex(bytes), createHash("sha256").update(bytes).digest("hex"), `${length} bytes`);
  }
});

// One run at a time while something is dragged, then one of what is wanted by then.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runnerImport } from "../../www/node_modules/vite/dist/node/index.js";

const FILE = fileURLToPath(new URL("../../www/kit/latest-run.ts", import.meta.url));
const { LatestRun } = (await runnerImport(FILE, { configFile: false, logLevel: "error" })).module;

test("what moves on a page that is not half a second old is answered, then once for all that moved meanwhile", (t) => {
  t.mock.method(performance, "now", () => 100);
  let runs = 0;
  const latest = new LatestRun(() => void runs++);
  latest.move();
  assert.equal(runs, 1);
  latest.move();
  latest.move();
  assert.equal(runs, 1);
  latest.over();
  assert.equal(runs, 2);
  latest.move();
  latest.forget();
  latest.over();
  assert.equal(runs, 2, "a run begun otherwise has answered it");
});

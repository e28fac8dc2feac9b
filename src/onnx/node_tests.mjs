// Writes src/onnx/NODE_TESTS.md: how many of the onnx package's backend node tests pass in the second core, by operator.
//   ./build.sh site && python src/onnx/node_tests.py > cases.jsonl && node src/onnx/node_tests.mjs cases.jsonl VERSION
import { createReadStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";

const CORE = new URL("../../target/site-onnx/", import.meta.url);
/** As the package's own runner compares. */
const [RELATIVE, ABSOLUTE] = [1e-3, 1e-5];
const [cases, version = "?"] = process.argv.slice(2);

const wasm = await WebAssembly.compile(await readFile(new URL("glimpse_onnx_bg.wasm", CORE)));
let count = 0;
/** A core that has trapped is of no use any more: another one takes its place. */
async function fresh() {
  const core = await import(new URL(`glimpse_onnx.js?${count++}`, CORE));
  await core.default({ module_or_path: wasm });
  return core;
}

const near = (made, wanted) => made === wanted || (Number.isNaN(made) && Number.isNaN(wanted)) || Math.abs(made - wanted) <= ABSOLUTE + RELATIVE * Math.abs(wanted);
const same = (made, wanted) => made && wanted && made.length === wanted.length && wanted.every((value, i) => near(made[i], Math.fround(Number(value === "inf" ? Infinity : value === "-inf" ? -Infinity : value))));

function passes(core, { model, inputs, outputs }) {
  const opened = new core.AnyModel(Buffer.from(model, "base64"));
  const ready = JSON.parse(opened.prepare("{}"));
  const given = ready.inputs.map((_, i) => Float32Array.from(inputs[i], (value) => (value === "inf" ? Infinity : value === "-inf" ? -Infinity : Number(value))));
  const made = opened.run(given, () => {}).filter(({ output }) => output);
  return outputs.every((wanted, i) => same(made[i]?.values, wanted));
}

console.error = () => {};
let core = await fresh();
const table = new Map();
for await (const line of createInterface({ input: createReadStream(cases) })) {
  const one = JSON.parse(line);
  const row = table.get(one.operator) ?? table.set(one.operator, { passed: 0, all: 0 }).get(one.operator);
  row.all++;
  try {
    if (passes(core, one)) row.passed++;
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) core = await fresh();
  }
}
const rows = [...table].sort(([a], [b]) => a.localeCompare(b));
const sum = (what) => rows.reduce((total, [, row]) => total + row[what], 0);
await writeFile(new URL("NODE_TESTS.md", import.meta.url), `# The node tests of onnx ${version}

Made by \`src/onnx/node_tests.mjs\`. A test passes when the second core, as WebAssembly, reads its file and gives the numbers that it expects.
Tests of strings, sequences and maps cannot pass: the page gives and takes tensors of numbers.

${sum("passed")} of ${sum("all")} tests pass.

| operator | pass | of |
|---|---|---|
${rows.map(([operator, { passed, all }]) => `| ${operator} | ${passed} | ${all} |`).join("\n")}
`);
process.stdout.write(`${sum("passed")} of ${sum("all")}\n`);

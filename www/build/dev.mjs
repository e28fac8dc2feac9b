// `./build.sh dev`: Vite's development server, which shows a change of the page at once, and beside it a watch over the Rust
// core, which compiles it again when a file of src/ changes. Vite reloads the page when the new core lies in
// target/site-wasm-dev.
import { spawn } from "node:child_process";
import { watch } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Editors write a file in several steps, and a checkout many files. */
const QUIET_MS = 100;

const say = (text) => console.log(`[core] ${text}`);

/** Compiles the core; answers whether it could be compiled. */
const compiled = () =>
  new Promise((resolve) => {
    const job = spawn("./build.sh", ["core"], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [job.stdout, job.stderr]) stream.on("data", (chunk) => (output += chunk));
    job.on("close", (code) => {
      if (code !== 0) process.stderr.write(output);
      resolve(code === 0);
    });
  });

/** What has changed since the last compilation began. */
const changed = new Set();
let timer;
let compiling = false;

async function rebuild() {
  if (compiling || changed.size === 0) return;
  compiling = true;
  const files = [...changed].sort();
  changed.clear();
  const [first, ...others] = files;
  say(`${first}${others.length ? ` and ${others.length} more` : ""} changed: compiling`);
  const begun = performance.now();
  const done = await compiled();
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  say(done ? `rebuilt in ${seconds} s` : `does not compile (${seconds} s): the page keeps the last core that did`);
  compiling = false;
  rebuild();
}

function note(file) {
  changed.add(file.split(path.sep).join("/"));
  clearTimeout(timer);
  timer = setTimeout(rebuild, QUIET_MS);
}

watch(path.join(ROOT, "src"), { recursive: true }, (_event, file) => {
  if (/\.(rs|wgsl)$/.test(file ?? "")) note(path.join("src", file));
});
watch(ROOT, (_event, file) => {
  if (file === "Cargo.toml" || file === "Cargo.lock") note(file);
});

const vite = spawn("npx", ["vite", ...process.argv.slice(2)], { cwd: path.join(ROOT, "www"), stdio: "inherit" });
vite.on("close", (code) => process.exit(code ?? 1));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => vite.kill(signal));

// Finds a Chromium to test with, or installs one; printed as a path when run as a command.
import { execFileSync, spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const SHELL = "chromium-headless-shell";
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** A browser counts only if it answers: on some systems `chromium-browser` is a stub that asks for a snap. */
function answers(command) {
  return Boolean(command) && spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;
}

function onPath(names) {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
}

/** The path of a Chromium that starts, or undefined. */
export function findChromium() {
  return [process.env.CHROMIUM, ...onPath(NAMES), chromium.executablePath()].find(answers);
}

/** The path of a Chromium that has no windows and so takes a third less time, without a camera or a back/forward cache; where there is none, of a whole one. */
export function findShell() {
  return [process.env.HEADLESS_SHELL, ...onPath([SHELL])].find(answers) ?? findChromium();
}

function installWithApt() {
  if (process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"], { stdio: "ignore" }).status !== 0) return;
  const stdio = ["ignore", 2, 2];
  spawnSync("apt-get", ["update"], { stdio });
  // One after the other: not every system has both.
  for (const name of ["chromium", SHELL]) spawnSync("apt-get", ["install", "-y", "--no-install-recommends", name], { stdio });
}

function installWithPlaywright() {
  const cli = fileURLToPath(new URL("../node_modules/.bin/playwright-core", import.meta.url));
  execFileSync(cli, ["install", "chromium"], { stdio: ["ignore", 2, 2] });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const install of [() => {}, installWithApt, installWithPlaywright]) {
    install();
    const found = findChromium();
    if (found) {
      console.log(found);
      process.exit(0);
    }
  }
  console.error("no Chromium: install one, or name it with CHROMIUM=/path/to/chromium");
  process.exit(1);
}

// Finds a Chromium to test with, or installs one; printed as a path when run as a command.
import { execFileSync, spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** A browser counts only if it answers: on some systems `chromium-browser` is a stub that asks for a snap. */
function answers(command) {
  return Boolean(command) && spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;
}

/** The path of a Chromium that starts, or undefined. */
export function findChromium() {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [process.env.CHROMIUM, ...onPath, chromium.executablePath()].find(answers);
}

function installWithApt() {
  if (process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"], { stdio: "ignore" }).status !== 0) return;
  const stdio = ["ignore", 2, 2];
  spawnSync("apt-get", ["update"], { stdio });
  spawnSync("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], { stdio });
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

// The built site as files: what it holds, and copies of it with something wrong.
import { cp, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { SITE } from "./browser.mjs";

/** What the service worker keeps when it is installed: [{url, revision, integrity}]. */
export async function keptAtInstall() {
  const script = await readFile(path.join(SITE, "service-worker.js"), "utf8");
  const [list] = script.match(/\[\{[^[\]]*"url":[^[\]]*\}\]/) ?? [];
  return JSON.parse(list ?? "[]");
}

/** A folder that looks like the site, for a test to break: what `own` names is copied, the rest is linked. */
export async function copyOfSite(own, act) {
  const folder = await mkdtemp(path.join(tmpdir(), "glimpse-site-"));
  try {
    for (const name of await readdir(SITE)) {
      if (own.includes(name)) await cp(path.join(SITE, name), path.join(folder, name), { recursive: true });
      else await symlink(path.join(SITE, name), path.join(folder, name));
    }
    await act(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A folder that holds the site several times, each below a name of its own. */
export async function copiesOfSite(names, act) {
  const folder = await mkdtemp(path.join(tmpdir(), "glimpse-sites-"));
  try {
    for (const name of names) await symlink(SITE, path.join(folder, name));
    await act(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Waits until the service worker answers the page's requests. */
export const serviceWorkerReady = (page) =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) {
      await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
    }
  });

/** Waits until the page asks for nothing any more. */
export async function untilQuiet(page, requests) {
  for (let seen = -1; seen < requests.length; ) {
    seen = requests.length;
    await page.waitForTimeout(1500);
  }
}

// The service worker's build: Workbox puts the list of the files to keep into run/service-worker.ts.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Plugin, PluginOption } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { MOVED } from "./pages";

/** The pages and all that they are made of: two exhibits make their pictures of the sample digits. The core, models, recorded runs and
 * samples are kept after their first use. */
const KEPT = ["*.html", "*.js", "*.svg", "site.json", "page/**/*", "samples/digits.png"];
/** Former addresses are kept when they are opened, as plans and worksheets are. */
const LATER = Object.keys(MOVED).map((name) => `${name}.html`);

/** @param names the plugin by which modules know the names of the site's files */
export function offline(names: Plugin): PluginOption[] {
  let site = "";
  const place: Plugin = {
    name: "glimpse-offline",
    configResolved: ({ root, build }) => void (site = path.resolve(root, build.outDir)),
  };
  /** The service worker itself compares digests, so that a file which a host changes stays usable: it only isn't kept. */
  const digest = async (url: string) => (url.endsWith(".html") ? undefined : createHash("sha256").update(await readFile(path.join(site, url))).digest("hex"));
  const worker = VitePWA({
    strategies: "injectManifest",
    srcDir: "run",
    filename: "service-worker.ts",
    injectRegister: false,
    manifest: false,
    injectManifest: {
      globPatterns: KEPT,
      globIgnores: ["service-worker.*", ...LATER],
      dontCacheBustURLsMatching: /^page\//,
      buildPlugins: { vite: [names] },
      manifestTransforms: [async (entries) => ({ manifest: await Promise.all(entries.map(async (entry) => ({ ...entry, integrity: await digest(entry.url) }))) })],
    },
  });
  return [place, worker];
}

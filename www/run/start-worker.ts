// The worker that holds the core. Where the address asks for a run that is not recorded it is begun before anything else of the page,
// so that the core is fetched and compiled while the page's own modules are on their way.
import { linked } from "../kit/link";
import { mayBeRecorded } from "./recordings";
import { siteAddress } from "./site";

/** Begun before the page has asked for it. */
let early: Worker | undefined;

function begun(exhibit: string) {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const wish = linked("gpu");
  const gpu = wish === "off" || wish === "force" ? wish : "auto";
  worker.postMessage({ type: "open", exhibit, base: siteAddress("."), gpu });
  return worker;
}

/** A worker for an exhibit: the one that was begun early, or a new one. */
export function coreWorker(exhibit: string) {
  const worker = early ?? begun(exhibit);
  early = undefined;
  return worker;
}

/** Begins with what the page will need first: the recorded run of its address, or the worker. */
export function beginEarly(exhibit: string) {
  if (mayBeRecorded(`${exhibit}.html`)) return;
  try {
    early = begun(exhibit);
  } catch {
    // The first run tries again, and tells what is wrong.
    return;
  }
  early.addEventListener("error", () => (early = undefined), { once: true });
}

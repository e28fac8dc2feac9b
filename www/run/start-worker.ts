// The worker that holds the core. Where the address asks for a run that is not recorded it is begun from the page's head, so that the
// core is fetched and compiled while the page's own modules are on their way.
import { mayBeCached } from "./recordings";
import { linked } from "../kit/link";

/** Begun before the page has asked for it. */
let early: Worker | undefined;
let asked = false;

function begun(exhibit: string) {
  const base = new URL(".", location.href).href;
  const worker = new Worker(new URL("../worker.js", import.meta.url), { type: "module" });
  const wish = linked("gpu");
  const gpu = wish === "off" || wish === "force" ? wish : "auto";
  worker.postMessage({ type: "open", exhibit, base, gpu });
  return worker;
}

/** A worker for an exhibit: the one that was begun early, or a new one. */
export function coreWorker(exhibit: string) {
  asked = true;
  const worker = early ?? begun(exhibit);
  early = undefined;
  return worker;
}

async function beginEarly() {
  const { exhibit } = document.documentElement.dataset;
  if (!exhibit || (await mayBeCached(`${exhibit}.html`)) || asked) return;
  early = begun(exhibit);
  // Whoever asks next gets another one, and hears what is wrong with it.
  early.addEventListener("error", () => (early = undefined), { once: true });
}

void beginEarly();

// The worker that holds the core. Where the address asks for a run that is not recorded it is begun before anything else of the page,
// so that the core is fetched and compiled while the page's own modules are on their way.
import { linked } from "../kit/link";
import { mayBeRecorded } from "./recordings";
import { siteAddress } from "./site";
import { within } from "./within";
import onnxWorkerAddress from "./onnx-worker?worker&url";
import workerAddress from "./worker?worker&url";

/** Milliseconds for the host to say whether it has the worker's script. */
const PATIENCE = 10_000;

/** An exhibit with a core of its own has a worker of its own. */
const address = "ownCore" in document.documentElement.dataset ? onnxWorkerAddress : workerAddress;

/** Begun before the page has asked for it. */
let early: Worker | undefined;
/** The GPU has hung: it is left alone as long as this page is open. */
let withoutGpu = false;

export function avoidGpu() {
  withoutGpu = true;
}

function begun(exhibit: string) {
  const worker = new Worker(address, { type: "module" });
  const wish = linked("gpu");
  const gpu = withoutGpu ? "off" : wish === "off" || wish === "force" ? wish : "auto";
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

/**
 * Why the worker's own script does not start: asked for again past every cache, so that a cache with something else heals.
 * @returns the kind of the error and what it says; null if the script is there
 */
export async function whyNoWorker(): Promise<[kind: string, message: string] | null> {
  const name = "the script that runs the models";
  for (let attempt = 0; ; attempt++) {
    const answer = await within(PATIENCE, fetch(address, { cache: "reload" }), null);
    if (!answer) return ["offline", `${name} could not be fetched.`];
    if (answer.status >= 500 && attempt < 2) continue;
    if (!answer.ok) return ["host", `This host does not serve ${name} (${answer.status}).`];
    const type = answer.headers.get("content-type") ?? "";
    if (/javascript/.test(type)) return null;
    return ["host", /html/.test(type) ? `This host sent a web page where ${name} should be.` : `This host serves scripts as “${type}”, so the browser does not run them.`];
  }
}

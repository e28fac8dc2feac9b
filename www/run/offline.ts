// Keeps the site for a room without a network: registers the service worker and lets it keep what this page has shown.
import { offerNewVersion } from "../kit/notice";
import { siteAddress } from "./site";

/** Milliseconds between two looks for a new version. */
const OFTEN = 3_600_000;

let registration: ServiceWorkerRegistration | undefined;

/** Once the page has shown something and computes nothing. */
export async function keepForOffline() {
  if (import.meta.env.DEV || !("serviceWorker" in navigator) || !isSecureContext) return;
  try {
    if (!registration) watchForVersions((registration = await navigator.serviceWorker.register(siteAddress("service-worker.js"))));
    const { active } = await navigator.serviceWorker.ready;
    await controlled();
    if (active) greet(active);
    await Promise.all(shown().map(passOn));
  } catch {
    // Private windows may refuse: the page works all the same, with a network.
  }
}

/** Tells a service worker that this page has shown itself, and by which scripts; one of another build answers that it is newer. */
function greet(worker: ServiceWorker) {
  const scripts = [...document.querySelectorAll<HTMLScriptElement>("script[type=module]")].map(({ src }) => src);
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener("message", ({ data }) => {
    port1.close();
    if (data === "newer") offerNewVersion();
  });
  port1.start();
  worker.postMessage(scripts, [port2]);
}

/** Greets each service worker that takes over while this page is open, and looks for one when the visitor comes back. */
function watchForVersions(registered: ServiceWorkerRegistration) {
  registered.addEventListener("updatefound", () => {
    const next = registered.installing;
    next?.addEventListener("statechange", () => {
      if (next.state === "activated") greet(next);
    });
  });
  let looked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || Date.now() - looked < OFTEN) return;
    looked = Date.now();
    registered.update().catch(() => {});
  });
}

/** When the service worker answers this page's requests: on a first visit that is some time after the page has come. */
function controlled() {
  if (navigator.serviceWorker.controller) return;
  return new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
}

/** What came before the service worker could keep it: recorded runs, samples, a plan or worksheet, scripts that are kept after their first use. */
function shown() {
  const began = ["recordings/", "samples/", "teach/", "page/"].map(siteAddress);
  const names = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map(({ name }) => name);
  return [...new Set(names)].filter((name) => began.some((start) => name.startsWith(start)));
}

/** Asks for a file again, through the service worker; the browser's own cache has it. */
async function passOn(address: string) {
  const answer = await fetch(address, { cache: "force-cache" });
  await answer.arrayBuffer();
}

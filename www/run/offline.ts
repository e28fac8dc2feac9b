// Keeps the site for a room without a network: registers the service worker and lets it keep what this page has shown.
import { siteAddress } from "./site";

/** Once the page has shown something and computes nothing. */
export async function keepForOffline() {
  if (import.meta.env.DEV || !("serviceWorker" in navigator) || !isSecureContext) return;
  try {
    await navigator.serviceWorker.register(siteAddress("service-worker.js"));
    const { active } = await navigator.serviceWorker.ready;
    await controlled();
    const script = document.querySelector<HTMLScriptElement>("script[type=module]");
    active?.postMessage(script?.src);
    await Promise.all(shown().map(passOn));
  } catch {
    // Private windows may refuse: the page works all the same, with a network.
  }
}

/** When the service worker answers this page's requests: on a first visit that is some time after the page has come. */
function controlled() {
  if (navigator.serviceWorker.controller) return;
  return new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
}

/** The recorded runs and the samples that came before the service worker could keep them. */
function shown() {
  const began = [siteAddress("recordings/"), siteAddress("samples/")];
  const names = performance.getEntriesByType("resource").map(({ name }) => name);
  return [...new Set(names)].filter((name) => began.some((start) => name.startsWith(start)));
}

/** Asks for a file again, through the service worker; the browser's own cache has it. */
async function passOn(address: string) {
  const answer = await fetch(address, { cache: "force-cache" });
  await answer.arrayBuffer();
}

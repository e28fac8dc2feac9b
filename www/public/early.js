// A classic script, before the page's modules.

// Runs before the first paint, so that a dark page never flashes white. Storage may be blocked: then nothing is remembered.
(() => {
  const root = document.documentElement;
  const recall = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const theme = recall("theme");
  if (theme) root.dataset.theme = theme;
  // What the address hides is hidden at once, too; kit/view.ts says what there is.
  const asked = new URLSearchParams(location.search);
  const hidden = ["hide", "reveal"].map((name) => asked.get(name) ?? "").join(" ");
  if (hidden.trim()) root.dataset.hide = hidden.toLowerCase().replaceAll(",", " ");
  // So that what they bring has its room at once.
  for (const name of ["model", "sample"]) if (asked.has(name)) root.dataset[`asked${name}`] = asked.get(name);
  if (asked.has("embed")) root.dataset.embed = "";
  if (asked.has("present") && root.dataset.exhibit) root.dataset.presenting = "";
})();

// Says what is wrong when the page does not start: it runs where the page's modules do not, and speaks through the block #trouble that
// each page's HTML holds, which is shown as it is where this script is missing, too.
(() => {
  const PAUSE = 500;
  const PATIENCE = 15_000;
  const root = document.documentElement;
  root.dataset.guarded = "";
  const parsed = new Promise((resolve) => (document.readyState === "loading" ? addEventListener("DOMContentLoaded", resolve) : resolve()));
  const nameOf = (address) => address.replace(/^.*\//, "").replace(/[?#].*$/, "");
  let looking = false;

  async function say(what, next, link) {
    await parsed;
    const box = document.querySelector("#trouble");
    const [title, text, act] = ["strong", "span", "a"].map((name) => box.querySelector(name));
    title.textContent = what;
    text.textContent = next;
    if (link) {
      act.textContent = link;
      act.href = location.href;
      act.target = "_blank";
    }
    document.body.prepend(box);
    box.hidden = false;
    box.dataset.shown = "";
  }

  /** What is wrong with one of the page's files, asked for again past every cache, so that a cache with something else heals. */
  async function faultOf(address) {
    for (let attempt = 0; ; attempt++) {
      const answer = await fetch(address, { cache: "reload" }).catch(() => null);
      if (!answer) return `${nameOf(address)} could not be fetched.`;
      if (answer.status >= 500 && attempt < 2) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE * (attempt + 1)));
        continue;
      }
      if (!answer.ok) return `This host does not serve ${nameOf(address)} (${answer.status}).`;
      const type = answer.headers.get("content-type") ?? "";
      if (/javascript|text\/css/.test(type)) return null;
      if (/html/.test(type)) return `This host sent a web page where ${nameOf(address)} should be.`;
      return `This host serves ${nameOf(address)} as “${type}”, so the browser does not use it.`;
    }
  }

  function files() {
    const named = [...document.querySelectorAll("script[src], link[rel=modulepreload], link[rel=stylesheet]")].map((element) => element.src || element.href);
    const asked = performance.getEntriesByType("resource").map(({ name }) => name);
    return [...new Set([...named, ...asked])].filter((name) => name.startsWith(location.origin) && /\.(js|css)$/.test(name));
  }

  const reloaded = () => performance.getEntriesByType("navigation")[0]?.type === "reload";

  async function look(detail) {
    if (looking) return;
    looking = true;
    await parsed;
    if (window.origin === "null") return say("This frame does not let the page start.", `Open it in its own tab: ${location.href}`, "Open in its own tab");
    if (!navigator.onLine) return say("There is no network.", "This page was not kept on this device yet. Reload it with a network: from then on it needs none.");
    const fault = (await Promise.all(files().map(faultOf))).find(Boolean);
    if (fault) return say(fault, "A part of this page is missing. If this network asks you to sign in, do that first. Otherwise the site's owner has to fix it.");
    // Every file is there by now.
    if (!reloaded()) return location.reload();
    say("This page does not start.", detail ? `${detail}. A current Firefox, Chrome, Edge or Safari runs it.` : "A current Firefox, Chrome, Edge or Safari runs it.");
  }

  const started = () => root.dataset.started !== undefined;
  if (location.protocol === "file:") say("Opened as a file, this page cannot load its parts.", "Open it through a server: run  python3 -m http.server  in its folder, then open http://localhost:8000/.");
  else {
    addEventListener(
      "error",
      ({ target, message }) => {
        const isPart = target instanceof HTMLScriptElement || (target instanceof HTMLLinkElement && target.rel === "stylesheet");
        if (!started() && (isPart || message)) look(message);
      },
      true,
    );
    addEventListener("unhandledrejection", ({ reason }) => !started() && look(String(reason?.message ?? reason)));
    setTimeout(() => !started() && !looking && say("This page is still on its way.", "The network is slow, or stands still. Wait a little, or reload the page."), PATIENCE);
    addEventListener("trouble", ({ detail }) => say("This page stopped on an error.", `${detail}. Reload it; your settings stay in its address.`));
  }
})();

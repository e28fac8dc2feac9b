// Carries out what the address says of the page (kit/view.ts): links that take it along, the height of a frame, what is revealed, what is
// locked on the stage.
import { html } from "lit/html.js";
import { byId, fill } from "../kit/dom";
import { addressNames, type Schema } from "../kit/meta";
import { isLocked, takeAlong, unknownNames, view } from "../kit/view";

const root = document.documentElement;

/** What leads to a link: before any of these is over, the link says what it must. */
const REACHES = ["pointerover", "pointerdown", "focusin", "click"];

/** Has every link between the pages say what this page's address says of the view. */
export function carryView() {
  if (!location.search) return;
  const carry = (anchor: HTMLAnchorElement) => {
    if (anchor.dataset.plain !== undefined) return;
    const href = takeAlong(anchor.href, location.href);
    if (href && href !== anchor.href) anchor.href = href;
  };
  const lists = () => document.querySelectorAll<HTMLAnchorElement>("a[href]").forEach(carry);
  lists();
  for (const event of REACHES) {
    addEventListener(event, ({ target }) => {
      const anchor = target instanceof Element ? target.closest<HTMLAnchorElement>("a[href]") : null;
      if (anchor) carry(anchor);
    }, true);
  }
}

/** In a frame: tells the page around it how tall this one is, and leads to this one by itself. */
export function fitFrame() {
  if (!view.embed) return;
  const whole = document.createElement("p");
  fill(html`<a href=${location.href} target="_blank" data-plain @click=${(event: Event) => ((event.currentTarget as HTMLAnchorElement).href = alone())}>Open in Glimpse</a>`, whole);
  whole.id = "whole";
  document.querySelector("footer")?.append(whole);
  if (parent === window) return;
  let told = 0;
  new ResizeObserver(() => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    // A height is no secret: whatever page holds the frame may know it.
    parent.postMessage({ glimpse: "height", height }, "*");
  }).observe(document.body);
}

/** The present address, not for a frame. */
function alone() {
  const address = new URL(location.href);
  address.searchParams.delete("embed");
  return address.href;
}

/** What the address says of an exhibit's page; `dressed` is called when something has been revealed or hidden again. */
export function applyView(schema: Schema, dressed: () => void) {
  for (const sentence of unknownNames(view, addressNames(schema))) console.warn(sentence);
  if (view.reveal.length > 0) offerReveal(dressed);
  const own = document.getElementById("inputs");
  if (own && isLocked("sample")) {
    own.inert = true;
    own.dataset.locked = "";
  }
  if (view.lock.includes("stage")) lockStage();
}

/** Whether the page does not say yet what the model says: then no headline and no announcement may tell it. */
export const keepsWords = () => root.dataset.hide?.split(" ").includes("words") ?? false;

function offerReveal(dressed: () => void) {
  const line = document.createElement("p");
  line.className = "reveal";
  byId("stage", HTMLElement).after(line);
  let shown = false;
  const draw = () => {
    root.dataset.hide = [...view.hide, ...(shown ? [] : view.reveal)].join(" ");
    fill(html`<button type="button" id="reveal" class="strong" aria-expanded=${shown} @click=${press}>${shown ? "Hide it again" : "Reveal"}</button>`, line);
  };
  const press = () => {
    shown = !shown;
    draw();
    dressed();
  };
  draw();
}

/** What is done by pointer or key on the pictures of the stage comes to nothing. */
function lockStage() {
  const stage = byId("stage", HTMLElement);
  stage.dataset.locked = "";
  for (const event of ["pointerdown", "click", "dblclick", "wheel", "touchstart", "keydown"]) {
    stage.addEventListener(event, (done) => {
      if (!(done.target instanceof HTMLCanvasElement) || (done as KeyboardEvent).key === "Tab") return;
      done.stopImmediatePropagation();
    }, { capture: true, passive: true });
  }
}

// Presenting: the stage as large as the screen, with its title, its words, the player and one line of the lesson; keys for a teacher
// and a clicker, a spot where the pointer is, a blank screen.
import "./present.css";
import { html, nothing } from "lit/html.js";
import { byId, fill } from "../kit/dom";
import { link, linked, settleLink } from "../kit/link";
import { takeAlong, view } from "../kit/view";
import { courseNeighbours } from "./course-steps";
import { isTyping } from "./page-setup";
import type { Player } from "./player";

/** What is presented. */
export interface Presented {
  readonly player: Player;
  repaint(): void;
}

const root = document.documentElement;
const icon = (path: string) => html`<svg viewBox="0 0 20 20" aria-hidden="true"><path d=${path}/></svg>`;
const ICONS = {
  previous: "M12.5 3l-7 7 7 7 1.5-1.5L8.5 10 14 4.5z",
  next: "M7.5 3l7 7-7 7L6 15.5 11.5 10 6 4.5z",
  theme: "M10 2a8 8 0 1 0 0 16 8 8 0 0 0 0-16zm0 2v12a6 6 0 0 1 0-12z",
  blank: "M2 4h16v10H2zM7 16h6v1.5H7z",
  full: "M3 3h5v2H5v3H3zM12 3h5v5h-2V5h-3zM3 12h2v3h3v2H3zM15 12h2v5h-5v-2h3z",
  settings: "M3 4h8v2H3zM15 4h2v2h-2zM12 2.5h2v5h-2zM3 9h2v2H3zM9 9h8v2H9zM6 7.5h2v5H6zM3 14h6v2H3zM13 14h4v2h-4zM10 12.5h2v5h-2z",
  leave: "M4.4 3L10 8.6 15.6 3 17 4.4 11.4 10 17 15.6 15.6 17 10 11.4 4.4 17 3 15.6 8.6 10 3 4.4z",
};

/** The page before or after this one, by the links that the page has for it. */
function neighbour(rel: "prev" | "next") {
  const shown = [...document.querySelectorAll<HTMLAnchorElement>(`a[rel~="${rel}"]`)].find((one) => !one.closest("[hidden]"));
  return (shown ?? document.querySelector<HTMLLinkElement>(`link[rel~="${rel}"]`))?.href ?? null;
}

/** As many sentences of the lesson as fit into the line, at least one. */
function sentencesOf(lesson: HTMLElement) {
  const paragraphs = [...lesson.querySelectorAll(":scope > p")].slice(0, 2).map((paragraph) => {
    const plain = paragraph.cloneNode(true) as Element;
    for (const tip of plain.querySelectorAll("[role=tooltip]")) tip.remove();
    return plain.textContent?.replace(/\s+/g, " ").trim() ?? "";
  });
  const text = paragraphs.map((one) => (/[.!?:”]$/.test(one) ? one : `${one}.`)).join(" ").replace(/:$/, ".");
  return text.match(/.+?[.!?:]”?(?=\s|$)/g)?.map((one) => one.trim()) ?? [];
}

/** Whether an element has a use of its own for the arrow keys: a field, or what is moved and painted on the stage. */
const movesByKeys = (target: EventTarget | null) => target instanceof Element && target.closest("#stage [tabindex], .input :is(input, canvas), dialog") !== null;

export class Presentation {
  readonly #line = document.createElement("p");
  readonly #bar = document.createElement("div");
  readonly #spot = document.createElement("div");
  readonly #blank = document.createElement("div");
  readonly #lesson = byId("lesson", HTMLElement);
  readonly #stage = byId("stage", HTMLElement);
  readonly #settings = document.querySelector<HTMLElement>(".input");
  readonly #words = new MutationObserver(() => this.#say());
  #on = false;
  #blanked = false;
  #focused: Element | null = null;

  /** @param leave ends presenting */
  constructor(
    private readonly page: Presented,
    private readonly turnOff: () => void,
  ) {
    this.#line.id = "line";
    this.#bar.id = "present-bar";
    this.#bar.className = "keys";
    this.#spot.id = "spot";
    this.#blank.id = "blank";
    addEventListener("keydown", (event) => this.#key(event), true);
    document.addEventListener("fullscreenchange", () => {
      // The browser's own Escape ends the full screen without telling the page of a key.
      if (this.#on && !document.fullscreenElement) this.turnOff();
      else this.#draw();
    });
    addEventListener("resize", () => this.#on && this.#say());
    this.#stage.addEventListener("pointermove", ({ pointerType, clientX, clientY }) => {
      this.#spot.hidden = pointerType === "touch";
      this.#spot.style.translate = `${clientX}px ${clientY}px`;
    });
    this.#stage.addEventListener("pointerleave", () => (this.#spot.hidden = true));
    this.#blank.addEventListener("click", () => this.#turnBlank(false));
    // What a button among the settings begins is seen on the stage.
    this.#settings?.addEventListener("click", ({ target }) => {
      if (this.#showsSettings && target instanceof Element && target.closest("#settings button, [data-sample]")) this.#showSettings(false);
    });
  }

  enter() {
    if (this.#on) return;
    this.#on = true;
    this.#focused = document.activeElement;
    const main = document.querySelector("main");
    main?.append(this.#line, this.#spot, this.#blank);
    byId("player", HTMLElement).append(this.#bar);
    this.#spot.hidden = true;
    this.#turnBlank(false);
    this.#words.observe(this.#lesson, { childList: true, subtree: true, characterData: true });
    scrollTo(0, 0);
    this.#draw();
    this.#say();
    this.page.repaint();
  }

  leave() {
    if (!this.#on) return;
    this.#on = false;
    this.#words.disconnect();
    delete root.dataset.settings;
    for (const part of [this.#line, this.#bar, this.#spot, this.#blank]) part.remove();
    this.page.repaint();
    if (this.#focused instanceof HTMLElement) this.#focused.focus({ preventScroll: true });
  }

  get #pagesStep() {
    return linked("clicker") === "steps";
  }

  get #showsSettings() {
    return root.dataset.settings !== undefined;
  }

  /** The settings lie over the stage as long as they are wanted. */
  #showSettings(on: boolean) {
    if (on) root.dataset.settings = "";
    else delete root.dataset.settings;
    this.#draw();
    const [first] = on ? (this.#settings?.querySelectorAll<HTMLElement>(":is(select, textarea, input, button):enabled") ?? []) : this.#stage.querySelectorAll<HTMLElement>("[tabindex='0']");
    (first ?? document.getElementById("present-settings"))?.focus({ preventScroll: true });
  }

  #draw() {
    if (!this.#on) return;
    const button = (id: string, label: string, keys: string, path: string, act: () => void, off = false) =>
      html`<button type="button" id=${`present-${id}`} aria-label=${label} title=${`${label} (${keys})`} ?disabled=${off} @click=${act}>${icon(path)}</button>`;
    const flip = () => document.querySelector<HTMLButtonElement>("#theme")?.click();
    const clicker = () => {
      link({ clicker: this.#pagesStep ? null : "steps" });
      this.#draw();
    };
    fill(
      html`${button("previous", "Previous exhibit", "Page Up", ICONS.previous, () => void this.#go("prev"), !this.#leadsTo("prev"))}
        ${button("next", "Next exhibit", "Page Down", ICONS.next, () => void this.#go("next"), !this.#leadsTo("next"))}
        <button type="button" id="present-clicker" aria-pressed=${this.#pagesStep} title="The page keys of a clicker step through this exhibit; after its last step comes the next exhibit (c)" @click=${clicker}>Clicker</button>
        ${button("theme", "Light or dark", "t", ICONS.theme, flip)}
        ${button("blank", "Blank screen", "b", ICONS.blank, () => this.#turnBlank(true))}
        ${view.hide.includes("input") ? nothing : html`<button type="button" id="present-settings" aria-label="Settings" aria-expanded=${this.#showsSettings} title="Settings (s)" @click=${() => this.#showSettings(!this.#showsSettings)}>${icon(ICONS.settings)}</button>`}
        ${document.fullscreenElement || !root.requestFullscreen ? nothing : button("full", "Full screen", "f", ICONS.full, () => this.#fill())}
        ${button("leave", "Leave", "Escape", ICONS.leave, () => this.turnOff())}`,
      this.#bar,
    );
  }

  #leadsTo(rel: "prev" | "next") {
    return courseNeighbours(linked("activity"))?.[rel] ?? neighbour(rel);
  }

  /** The line of the lesson: the longest beginning that fits. */
  #say() {
    if (!this.#on) return;
    const sentences = sentencesOf(this.#lesson);
    const line = this.#line;
    for (let count = sentences.length; count > 0; count--) {
      line.textContent = sentences.slice(0, count).join(" ");
      const text = document.createRange();
      text.selectNodeContents(line);
      if (text.getBoundingClientRect().height <= 1.7 * parseFloat(getComputedStyle(line).fontSize)) break;
    }
    if (sentences.length === 0) line.textContent = "";
  }

  #fill() {
    void root.requestFullscreen?.({ navigationUI: "hide" }).catch(() => {});
  }

  #turnBlank(on: boolean) {
    this.#blanked = on;
    this.#blank.hidden = !on;
    fill(on ? html`<p class="unseen" role="status">The screen is blank. Press b to see it again.</p>` : nothing, this.#blank);
    if (on) this.page.player.stop();
  }

  /** Opens the exhibit before or after this one, and goes on presenting there. */
  #go(rel: "prev" | "next") {
    const href = this.#leadsTo(rel);
    if (!href) return;
    settleLink();
    const inCourse = courseNeighbours(linked("activity")) !== null;
    const to = new URL((!inCourse && takeAlong(href, location.href)) || href);
    to.searchParams.set("present", "yes");
    if (this.#pagesStep) to.searchParams.set("clicker", "steps");
    location.assign(to);
  }

  /** One step, or, at either end, the next exhibit. */
  #page(by: 1 | -1) {
    const { player } = this.page;
    const before = player.index;
    if (this.#pagesStep) player.goTo(before + by);
    if (!this.#pagesStep || player.index === before) this.#go(by > 0 ? "next" : "prev");
  }

  #key(event: KeyboardEvent) {
    if (!this.#on || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (!this.#blanked && event.key !== "Escape" && (isTyping(event.target) || (/^Arrow/.test(event.key) && movesByKeys(event.target)))) return;
    const { player } = this.page;
    const step = (by: number) => () => player.goTo(player.index + by);
    const acts: Record<string, () => void> = {
      Escape: () => (this.#showsSettings ? this.#showSettings(false) : this.turnOff()),
      PageDown: () => this.#page(1),
      PageUp: () => this.#page(-1),
      ArrowRight: step(1),
      ArrowDown: step(1),
      MediaTrackNext: step(1),
      ArrowLeft: step(-1),
      ArrowUp: step(-1),
      MediaTrackPrevious: step(-1),
      MediaPlayPause: () => player.toggle(),
      b: () => this.#turnBlank(true),
      ".": () => this.#turnBlank(true),
      f: () => this.#fill(),
      t: () => document.querySelector<HTMLButtonElement>("#theme")?.click(),
      c: () => document.querySelector<HTMLButtonElement>("#present-clicker")?.click(),
      s: () => document.querySelector<HTMLButtonElement>("#present-settings")?.click(),
      r: () => document.querySelector<HTMLButtonElement>("#reveal")?.click(),
    };
    const act = this.#blanked && event.key !== "Escape" && event.key !== "Tab" ? () => this.#turnBlank(false) : acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) act();
  }
}

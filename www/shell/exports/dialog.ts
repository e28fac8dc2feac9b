// "Export": a dialog that makes a figure, a film, tables of numbers or a stand-alone page of the run on the stage.
import { html, nothing, type TemplateResult } from "lit/html.js";
import { live } from "lit/directives/live.js";
import { fill, megabytes } from "../../kit/dom";
import { keepForOffline } from "../../run/offline";
import { keepsWords } from "../page-view";
import { saveFile } from "../save-file";
import dialogStyle from "./dialog.css?inline";
import { taken, type Exported, type Shows, type Taken } from "./exported";
import { figureOf, type Look } from "./figure";
import figureStyle from "./figure.css?inline";
import type { FilmKind } from "./film";
import * as make from "./make";
import { TABLES, tableAsCsv, tablesOf, type Table } from "./numbers";
import { paint } from "./paint";
import { PIXEL } from "./scene";

const KINDS = { picture: "Picture", film: "Film", numbers: "Numbers", page: "Page" } as const;
type Kind = keyof typeof KINDS;
const PICTURES = { png2: "PNG, 2× (192 dpi)", png4: "PNG, 4× (384 dpi)", svg: "SVG, words as text" } as const;
const WIDTHS = { "84": "One column, 84 mm", "174": "Two columns, 174 mm", "254": "Slide, 254 mm" };
const LETTERS = { "7": "7 pt", "8": "8 pt", "9": "9 pt", "10": "10 pt", "12": "12 pt", "16": "16 pt" };
const PARTS = { title: "Title", words: "Words", notes: "Comparison and remarks", legend: "Legend", source: "Source and link" } as const;
const PACES = ["0.1", "0.2", "0.5", "1", "2", "3"];
const SIZES = { "640": "640 pixels wide", "960": "960 pixels wide", "1280": "1280 pixels wide" };
const FILMS: Record<FilmKind, string> = { gif: "GIF", mp4: "MP4", webm: "WebM" };
const STRIDES = [1, 2, 5, 10, 20];
/** Films and pages of more steps leave some out at first. */
const MANY = 150;
const POINT = 96 / 72;
/** What of a table is shown before it is saved. */
const SHOWN_ROWS = 12;

/** Their licences ask that whoever gets them learns where their source is. */
const THANKS = html`Films are written by <a href="https://github.com/Vanilagy/mediabunny">mediabunny</a> (MPL-2.0) and <a href="https://github.com/mattdesl/gifenc">gifenc</a> (MIT).`;

type Choices = Record<"picture" | "width" | "letters" | "theme" | "film" | "size" | "pace" | "stride" | "table", string>;

class Exports {
  readonly #dialog = document.createElement("dialog");
  readonly #what: Taken | null;
  /** Where the page keeps the words back, tables, the page that plays and the caption would tell them: pictures and films alone are left. */
  readonly #kinds = (Object.keys(KINDS) as Kind[]).filter((kind) => !keepsWords() || kind === "picture" || kind === "film");
  #kind: Kind = "picture";
  #parts = { title: true, words: true, notes: true, legend: true, source: true };
  #chosen: Choices;
  #films: FilmKind[] | null = null;
  #tables: Table[] = [];
  /** How far the file is that is being made. */
  #making: { done: number; of: number; stop: AbortController } | null = null;
  #said = "";
  #caption = "";

  constructor(private readonly page: Exported, private readonly show: Shows) {
    page.player.stop();
    this.#what = taken(page);
    const count = this.#what?.frames.length ?? 0;
    const pace = 1 / page.meta.pace;
    this.#chosen = {
      picture: "png2", width: "174", letters: "9", theme: "light", film: "gif", size: "640", table: "json",
      pace: PACES.reduce((best, one) => (Math.abs(Number(one) - pace) < Math.abs(Number(best) - pace) ? one : best)),
      stride: String(STRIDES.find((stride) => count / stride <= MANY) ?? STRIDES.at(-1)),
    };
    if (this.#what) this.#tables = tablesOf(this.#what.frames);
    if (this.#what && !this.#what.run.over) this.#said = `The run goes on. What you save holds the ${count} steps so far.`;
    this.#chosen.table = this.#tables[0] ?? "json";
    const dialog = this.#dialog;
    dialog.className = "export";
    dialog.setAttribute("aria-labelledby", "export-title");
    // The player behind it must not hear what is meant for the dialog.
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    dialog.addEventListener("close", () => {
      this.#making?.stop.abort();
      dialog.remove();
    });
    document.body.append(dialog);
    this.#draw();
    dialog.showModal();
    this.#preview();
    void this.#learnFilms();
  }

  async #learnFilms() {
    try {
      const { filmKinds } = await import("./film");
      const size = Number(this.#chosen.size);
      this.#films = await filmKinds(size, size);
    } catch {
      this.#films = [];
    }
    if (this.#films[0]) this.#chosen.film = this.#films[0];
    this.#draw();
    void keepForOffline();
  }

  get #look(): Look {
    const { width, letters, theme } = this.#chosen;
    return { width: Number(width) / PIXEL, letters: Number(letters) * POINT, theme: theme === "dark" ? "dark" : "light", ...this.#parts };
  }

  /** The figure as it will be, or the first lines of a table. */
  #preview() {
    const canvas = this.#dialog.querySelector("canvas");
    if (!this.#what || !canvas) return;
    const look = this.#kind === "picture" ? this.#look : make.screenLook(this.#look);
    const shown = this.#kind === "page" ? { ...look, title: false, source: false } : look;
    const { scene, caption } = figureOf(this.page, this.show, this.page.player.index, shown, 2);
    paint(canvas, scene, 2);
    canvas.style.setProperty("--wide", `${Math.round(scene.width)}px`);
    if (this.#caption === caption) return;
    this.#caption = caption;
    this.#draw();
  }

  #choose(name: keyof Choices, value: string) {
    this.#chosen[name] = value;
    this.#changed();
  }

  #changed() {
    this.#said = "";
    this.#draw();
    this.#preview();
  }

  /** Makes a file and offers it; the run, the step and all choices stay as they are, whatever happens. */
  async #save(makes: (what: Taken, progress: make.Progress) => make.Saved | Promise<make.Saved>) {
    const what = this.#what;
    if (!what || this.#making) return;
    const stop = new AbortController();
    this.#making = { done: 0, of: 1, stop };
    this.#said = "";
    this.#draw();
    const progress: make.Progress = async (done, of) => {
      this.#making = { done, of, stop };
      this.#draw();
      await new Promise((resolve) => setTimeout(resolve));
      stop.signal.throwIfAborted();
      if (this.page.run !== what.run) throw new Error("The run has changed meanwhile. Close this and export again.");
    };
    try {
      const { blob, name } = await makes(what, progress);
      stop.signal.throwIfAborted();
      saveFile(blob, `glimpse-${this.page.meta.name}-${name}`);
      this.#said = `Saved as glimpse-${this.page.meta.name}-${name}, ${megabytes(blob.size)}.`;
    } catch (error) {
      this.#said = stop.signal.aborted ? "Cancelled. Nothing was saved, and your run is as it was." : (error as Error).message;
    }
    this.#making = null;
    this.#draw();
    this.#dialog.querySelector<HTMLElement>(".export-save")?.focus();
  }

  #saveChosen() {
    const { page, show } = this;
    const { picture, film, size, pace, stride, table } = this.#chosen;
    const rate = { pace: Number(pace), stride: Number(stride) };
    if (this.#kind === "picture") return this.#save(() => (picture === "svg" ? make.svg(page, show, this.#look) : make.png(page, show, this.#look, picture === "png4" ? 4 : 2)));
    if (this.#kind === "film") return this.#save((what, progress) => make.film(page, show, this.#look, what, { kind: film as FilmKind, width: Number(size), ...rate }, progress));
    if (this.#kind === "page") return this.#save((what, progress) => make.page(page, show, this.#look, what, rate, progress));
    return this.#save((what) => (table === "json" ? make.json(page, what) : make.table(what, table as Table)));
  }

  async #copyCaption() {
    const area = this.#dialog.querySelector("textarea");
    try {
      await navigator.clipboard.writeText(this.#caption);
      this.#said = "The caption is copied.";
    } catch {
      area?.focus();
      area?.select();
      this.#said = "The caption is selected: copy it with the keyboard.";
    }
    this.#draw();
  }

  // ---- what it looks like

  #select(name: keyof Choices, label: string, options: Record<string, string>) {
    return html`<label class="field"><span>${label}</span> <select data-choice=${name} .value=${live(this.#chosen[name])} @change=${(event: Event) => this.#choose(name, (event.target as HTMLSelectElement).value)}>
      ${Object.entries(options).map(([value, says]) => html`<option value=${value} ?selected=${value === this.#chosen[name]}>${says}</option>`)}</select></label>`;
  }

  #checks(parts: readonly (keyof typeof PARTS)[]) {
    return html`<fieldset><legend>Show</legend>${parts.map((name) => html`<label class="check"><input type="checkbox" data-part=${name} .checked=${live(this.#parts[name])} @change=${() => {
      this.#parts[name] = !this.#parts[name];
      this.#changed();
    }}> ${PARTS[name]}</label>`)}</fieldset>`;
  }

  #steps() {
    const count = this.#what?.frames.length ?? 0;
    const strides = STRIDES.filter((stride) => stride === 1 || count / stride >= 4);
    return html`${this.#select("pace", "Seconds a step", Object.fromEntries(PACES.map((pace) => [pace, pace])))}
      ${count > 8 ? this.#select("stride", "Steps", Object.fromEntries(strides.map((stride) => [String(stride), stride === 1 ? `all ${count}` : `every ${stride}th, ${Math.ceil(count / stride)} of ${count}`.replace("2th", "2nd")]))) : nothing}`;
  }

  #options(): TemplateResult {
    const theme = this.#select("theme", "Background", { light: "white", dark: "dark" });
    if (this.#kind === "picture") {
      return html`${this.#select("picture", "File", PICTURES)}${this.#select("width", "Width", WIDTHS)}${this.#select("letters", "Text", LETTERS)}${theme}
        ${this.#checks(["title", "words", "notes", "legend", "source"])}
        ${keepsWords() ? nothing : html`<label class="caption">Caption for a paper <textarea readonly rows="5" .value=${live(this.#caption)}></textarea></label><button type="button" id="copy-caption" @click=${() => void this.#copyCaption()}>Copy caption</button>`}`;
    }
    if (this.#kind === "film") {
      const kinds: FilmKind[] = this.#films?.length ? this.#films : ["gif"];
      const lacks = (["mp4", "webm"] as const).filter((kind) => !kinds.includes(kind)).map((kind) => FILMS[kind]);
      return html`${this.#select("film", "File", Object.fromEntries(kinds.map((kind) => [kind, FILMS[kind]])))}
        <p class="about">${this.#films === null ? "Asking the browser which films it can write …" : this.#films.length === 0 ? make.NO_FILMS : lacks.length > 0 ? `This browser cannot write ${lacks.join(" or ")}. GIF plays everywhere, in 256 colours.` : "GIF plays everywhere, in 256 colours; MP4 and WebM keep all colours."} ${THANKS}</p>
        ${this.#select("size", "Size", SIZES)}${this.#steps()}${theme}${this.#checks(["title", "words", "notes", "legend", "source"])}`;
    }
    if (this.#kind === "page") {
      return html`<p class="about">One HTML file with this run in it. It plays in any browser, without a network and without the model; nothing in it can be run again.${this.page.isOwn() ? " It holds the picture or text that you gave." : ""}</p>${this.#steps()}${theme}${this.#checks(["words", "notes", "legend"])}`;
    }
    const tables = Object.fromEntries(this.#tables.map((table) => [table, `${TABLES[table]} (CSV)`]));
    return html`${this.#select("table", "File", { ...tables, json: "The whole run (JSON)" })}
      <p class="about">${this.#chosen.table === "json" ? "JSON has every frame with its maps, pictures and numbers, the settings with the seed, and the SHA-256 of the exhibit's model files." : "One row for each number. Steps, rows and columns count from 1. Words that a spreadsheet would take for a formula begin with an apostrophe."}</p>`;
  }

  #tablePreview() {
    const { table } = this.#chosen;
    if (!this.#what || table === "json") return html`<p class="about">${this.#what?.frames.length ?? 0} frames.</p>`;
    const rows = tableAsCsv(this.#what.frames.slice(0, 2), table as Table).join("").split("\r\n");
    return html`<pre tabindex="0" aria-label="The first rows">${rows.slice(0, SHOWN_ROWS).join("\n")}${rows.length > SHOWN_ROWS ? "\n…" : ""}</pre>`;
  }

  #foot() {
    const making = this.#making;
    const { picture, film, table } = this.#chosen;
    const ending = { picture: picture === "svg" ? "SVG" : "PNG", film: FILMS[film as FilmKind], numbers: table === "json" ? "JSON" : "CSV", page: "HTML" }[this.#kind];
    return html`<div class="export-foot">
      ${making ? html`<button type="button" class="export-cancel strong" @click=${() => making.stop.abort()}>Cancel</button><progress max=${making.of} value=${making.done} aria-label="Progress"></progress><span>step ${Math.min(making.of, making.done + 1)} of ${making.of}</span>`
        : html`<button type="button" class="export-save strong" ?disabled=${!this.#what} @click=${() => void this.#saveChosen()}>Save ${ending}</button>`}
      <span role="status">${this.#what ? this.#said : "There is nothing to export yet: begin a run first."}</span></div>`;
  }

  #draw() {
    const tab = (kind: Kind) => html`<label><input type="radio" name="export-kind" value=${kind} .checked=${live(this.#kind === kind)} ?disabled=${this.#making !== null} @change=${() => {
      this.#kind = kind;
      this.#changed();
    }}><span>${KINDS[kind]}</span></label>`;
    fill(html`
      <div class="export-head"><h2 id="export-title">Export</h2><fieldset class="export-kinds"><legend class="unseen">What to export</legend>${this.#kinds.map(tab)}</fieldset><button type="button" aria-label="Close" @click=${() => this.#dialog.close()}>×</button></div>
      <div class="export-body">
        <div class="export-options">${this.#options()}</div>
        <div class="export-preview">${this.#kind === "numbers" ? this.#tablePreview() : html`<canvas role="img" aria-label="The figure as it will be"></canvas>`}</div>
      </div>
      ${this.#foot()}`, this.#dialog);
    const cancel = this.#dialog.querySelector<HTMLElement>(".export-cancel");
    if (cancel && document.activeElement === document.body) cancel.focus();
  }
}

// The site has one style sheet, of which no page waits for this part.
for (const style of [dialogStyle, figureStyle]) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets.push(sheet);
}

export const openExports = (page: Exported, show: Shows) => void new Exports(page, show);

// "Share": a dialog that builds a link to what is on the stage, with what it hides and locks, the code for another page, and a QR code.
import "./share.css";
import { html, nothing } from "lit/html.js";
import { live } from "lit/directives/live.js";
import { encodeQR } from "qr";
import { fill } from "../kit/dom";
import { linkedPhoto } from "../kit/link";
import { addressNames, type ExhibitMeta } from "../kit/meta";
import { readPresets, type Preset, type PresetList } from "../kit/presets";
import { LOCKS, PARTS, view } from "../kit/view";
import { saveFile } from "./save-file";
import shipped from "./presets.json";
import { builtLink, embedCode, NOTHING, type Choice } from "./share-link";
import { smallPhoto, type SmallPhoto } from "./share-photo";

/** What is shared. */
export interface Shared {
  readonly meta: ExhibitMeta;
  /** The step on the stage; null before there is one. */
  step: number | null;
  /** The visitor's own photo where a link can carry it; "no" where what was given cannot stand in a link. */
  own: HTMLCanvasElement | "no" | null;
}

/** Parts that a button can bring back. */
const REVEALED = ["words", "panel", "film"];
/** The longest text that a QR code holds with its error correction. */
const QR_LETTERS = 1800;
/** Pixels of a square of the saved code. */
const QR_SCALE = 12;

class Share {
  readonly #dialog = document.createElement("dialog");
  readonly #lists: PresetList[] = [shipped as PresetList];
  #chosen: Preset | null = null;
  #choice: Choice = { ...NOTHING, hide: [...view.hide], reveal: [...view.reveal], lock: [...view.lock], start: view.start ?? undefined };
  #faults: readonly string[] = [];
  #fits = true;
  #withStep: boolean;
  #photo: SmallPhoto | null = null;
  #withPhoto = linkedPhoto() !== null;
  #said: Record<string, string> = {};

  constructor(private readonly shared: Shared) {
    this.#withStep = shared.step !== null && shared.step > 1;
    this.#dialog.className = "share";
    this.#dialog.setAttribute("aria-labelledby", "share-title");
    this.#dialog.addEventListener("close", () => this.#dialog.remove());
    this.#dialog.addEventListener("dragover", (event) => event.preventDefault());
    this.#dialog.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      void this.#read(event.dataTransfer?.files[0]);
    });
    document.body.append(this.#dialog);
    this.#draw();
    this.#dialog.showModal();
    if (shared.own instanceof HTMLCanvasElement) void this.#shrink(shared.own);
  }

  async #shrink(photo: HTMLCanvasElement) {
    this.#photo = await smallPhoto(photo).catch(() => null);
    this.#draw();
  }

  get #settings() {
    const { settings } = this.shared.meta;
    return Object.entries(settings).filter(([, { kind }]) => kind !== "action").map(([name, setting]) => ({ name, label: setting.label }));
  }

  get #locks() {
    const { meta } = this.shared;
    const steer = "steer" in meta.settings ? [{ name: "steer", label: meta.settings.steer.label }] : [];
    const sample = meta.file ? [{ name: "sample", label: LOCKS.sample }] : [];
    return [...this.#settings, ...steer, ...sample, { name: "stage", label: LOCKS.stage }, { name: "input", label: LOCKS.input }];
  }

  get #presets() {
    const fit = ({ exhibit }: Preset) => exhibit === undefined || exhibit === this.shared.meta.name;
    return this.#lists.flatMap(({ presets }) => presets).filter(fit);
  }

  #link(embed = false) {
    const step = this.#withStep && this.shared.step !== null ? this.shared.step : this.#choice.step;
    const text = this.#photo?.text ?? linkedPhoto();
    return builtLink(location.href, { ...this.#choice, step }, this.#withPhoto ? text : null, embed);
  }

  #choose(preset: Preset | null) {
    this.#chosen = preset;
    const { hide = [], reveal = [], lock = [], start, step, settings = {} } = preset ?? {};
    const known = new Set(this.#locks.map(({ name }) => name));
    this.#choice = { hide: [...hide], reveal: [...reveal], lock: lock.filter((name) => known.has(name)), start, step, settings };
    if (step !== undefined) this.#withStep = false;
    this.#draw();
  }

  #change(change: Partial<Choice>) {
    this.#choice = { ...this.#choice, ...change };
    this.#draw();
  }

  /** Hides or shows a part; one that can be revealed goes where the others went. */
  #hide(name: string, on: boolean) {
    const { hide, reveal } = this.#choice;
    const without = { hide: hide.filter((one) => one !== name), reveal: reveal.filter((one) => one !== name) };
    const list = reveal.length > 0 && REVEALED.includes(name) ? "reveal" : "hide";
    this.#change(on ? { ...without, [list]: [...without[list], name] } : without);
  }

  #offerReveal(on: boolean) {
    const all = [...this.#choice.hide, ...this.#choice.reveal];
    const revealed = on ? all.filter((name) => REVEALED.includes(name)) : [];
    const reveal = on && revealed.length === 0 ? ["words"] : revealed;
    this.#change({ reveal, hide: all.filter((name) => !reveal.includes(name)) });
  }

  async #read(file: File | null | undefined) {
    if (!file) return;
    const { meta } = this.shared;
        const text = await file.text();
    // Presets of other exhibits are not looked into here: the page of the course does.
    const known = Object.fromEntries([...text.matchAll(/"exhibit"\s*:\s*"([\w-]+)"/g)].map(([, name]) => [name, null]));
    const { list, faults } = readPresets(text, { ...known, [meta.name]: addressNames(meta.settings) });
    if (list) {
      this.#lists.push(list);
      this.#faults = [];
      const fitting = list.presets.filter(({ exhibit }) => exhibit === undefined || exhibit === meta.name);
      if (fitting.length === 0) this.#faults = [`None of the presets in ${file.name} is for this exhibit.`];
      return this.#choose(fitting[0] ?? null);
    }
    this.#faults = faults;
    this.#draw();
  }

  async #copy(id: string, text: string) {
    try {
      await navigator.clipboard.writeText(text);
      this.#said = { [id]: "Copied" };
    } catch {
      this.#dialog.querySelector<HTMLInputElement | HTMLTextAreaElement>(`#share-${id}`)?.select();
      this.#said = { [id]: "It is selected: copy it by hand" };
    }
    this.#draw();
  }

  #draw() {
    const link = this.#link();
    const embed = embedCode(this.#link(true), `${this.shared.meta.title} · Glimpse`, this.#fits);
    fill(
      html`<form method="dialog" class="share-head"><h2 id="share-title">Share</h2><button aria-label="Close" title="Close (Escape)">✕</button></form>
        <div class="share-body"><div class="share-choices">${this.#choices()}</div>
        <div class="share-results">
          ${this.#result("link", "Link", html`<input id="share-link" readonly .value=${live(link)} @focus=${select}>`, link)}
          ${this.#qr(link)}
          ${this.#result("embed", "Code for another page", html`<textarea id="share-embed" readonly rows="5" spellcheck="false" .value=${live(embed)} @focus=${select}></textarea>`, embed)}
          <label class="check"><input type="checkbox" .checked=${live(this.#fits)} @change=${(event: Event) => { this.#fits = checked(event); this.#draw(); }}> with a script that makes it as tall as the exhibit (some course systems allow none)</label>
        </div></div>`,
      this.#dialog,
    );
  }

  #result(id: string, label: string, field: unknown, text: string) {
    return html`<div class="result"><label for=${`share-${id}`}>${label}</label>${field}<button type="button" id=${`copy-${id}`} class="strong" @click=${() => void this.#copy(id, text)}>Copy</button><span class="said-here" role="status">${this.#said[id] ?? ""}</span></div>`;
  }

  #choices() {
    const { step } = this.shared;
    const { hide, reveal, lock, start } = this.#choice;
    const box = (label: unknown, on: boolean, change: (on: boolean) => void, name = "") =>
      html`<label class="check"><input type="checkbox" data-name=${name} .checked=${live(on)} @change=${(event: Event) => change(checked(event))}> ${label}</label>`;
    const presets = this.#presets;
    const picked = this.#chosen ? String(presets.indexOf(this.#chosen)) : "";
    return html`
      <label class="field">Preset <select id="share-preset" .value=${live(picked)} @change=${(event: Event) => this.#choose(presets[Number((event.target as HTMLSelectElement).value || -1)] ?? null)}>
        <option value="" ?selected=${picked === ""}>As it is now</option>${presets.map(({ title }, i) => html`<option value=${i} ?selected=${picked === String(i)}>${title}</option>`)}</select></label>
      <p class="about-preset">${this.#chosen?.say ?? "The link opens what is on the stage now."}</p>
      ${this.#faults.length > 0 ? html`<div class="faults" role="alert"><strong>This list cannot be used yet.</strong><ul>${this.#faults.slice(0, 8).map((fault) => html`<li>${fault}</li>`)}</ul></div>` : nothing}
      ${step === null ? nothing : box(`Opens on this step (${step})`, this.#withStep, (on) => { this.#withStep = on; this.#change({ step: undefined }); })}
      <label class="field">When it opens <select id="share-start" .value=${live(start ?? "")} @change=${(event: Event) => this.#change({ start: ((event.target as HTMLSelectElement).value || undefined) as Choice["start"] })}>
        <option value="" ?selected=${!start}>as it does here</option><option value="play" ?selected=${start === "play"}>it plays</option><option value="paused" ?selected=${start === "paused"}>it stands still</option></select></label>
      ${this.#photoChoice(box)}
      <fieldset><legend>Hide</legend><div class="checks">${Object.entries(PARTS).map(([name, label]) => box(label, hide.includes(name) || reveal.includes(name), (on) => this.#hide(name, on), name))}</div>
        ${box("with a button that reveals what the model says", reveal.length > 0, (on) => this.#offerReveal(on), "reveal")}</fieldset>
      <fieldset><legend>Lock</legend><div class="checks">${this.#locks.map(({ name, label }) => box(label, lock.includes(name), (on) => this.#change({ lock: on ? [...lock, name] : lock.filter((one) => one !== name) }), name))}</div></fieldset>
      <label class="own-list">Your own list of presets: drop it here, or choose a JSON file <input type="file" id="share-list" accept=".json,application/json" @change=${(event: Event) => this.#readFrom(event)}></label>
      <p><small><a href="course.html">A course of eight activities</a> is such a list.</small></p>`;
  }

  #readFrom(event: Event) {
    const input = event.target as HTMLInputElement;
    void this.#read(input.files?.[0]);
    input.value = "";
  }

  #photoChoice(box: (label: unknown, on: boolean, change: (on: boolean) => void, name: string) => unknown) {
    if (this.shared.own === null) return nothing;
    if (this.shared.own === "no") return html`<p class="about-photo"><strong>What you gave is not in the link.</strong> It opens a sample in its place.</p>`;
    const size = this.#photo ? ` (${this.#photo.width} × ${this.#photo.height}, ${Math.ceil((this.#photo.text.length * 3) / 4000)} kB)` : "";
    return html`<div class="about-photo"><strong>${this.#withPhoto ? "A small copy of your photo is in the link." : "Your photo is not in the link."}</strong>
      ${this.#withPhoto ? "Whoever has the link sees it; no server does." : "It opens a sample in its place."}
      ${box(`Put a small copy into the link${size}`, this.#withPhoto, (on) => { this.#withPhoto = on; this.#draw(); }, "photo")}</div>`;
  }

  #qr(link: string) {
    if (link.length > QR_LETTERS) return html`<p class="qr-none">This link is too long for a QR code: ${link.length.toLocaleString("en")} letters. ${this.#withPhoto ? "Leave the photo out." : ""}</p>`;
    const rows = encodeQR(link, "raw", { border: 3, ecc: "medium" });
    const path = rows.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")).join("")).join("");
    return html`<div class="qr"><svg id="share-qr" viewBox=${`0 0 ${rows.length} ${rows.length}`} role="img" aria-label="The link as a QR code" shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"/><path d=${path} fill="#000"/></svg>
      <button type="button" id="save-qr" @click=${() => saveQr(rows, `glimpse-${this.shared.meta.name}-qr.png`)}>Save the QR code</button></div>`;
  }
}

const checked = (event: Event) => (event.target as HTMLInputElement).checked;
const select = (event: Event) => (event.target as HTMLInputElement).select();

function saveQr(rows: readonly (readonly boolean[])[], name: string) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = rows.length * QR_SCALE;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "#000";
  rows.forEach((row, y) => row.forEach((dark, x) => dark && context.fillRect(x * QR_SCALE, y * QR_SCALE, QR_SCALE, QR_SCALE)));
  canvas.toBlob((blob) => blob && saveFile(blob, name));
}

export const openShare = (shared: Shared) => new Share(shared);

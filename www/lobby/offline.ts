// "Take it offline": which exhibits this device keeps, how many megabytes that is, and what is there already.
import { kept as exhibits } from "virtual:keep";
import "./lobby.css";
import { html, nothing, render } from "lit/html.js";
import { live } from "lit/directives/live.js";
import { byId, megabytes } from "../kit/dom";
import { allFiles, bytesOf, forget, keep, keepPages, keptOf, type KeptExhibit } from "../run/keep";
import { keepForOffline } from "../run/offline";
import { setUpPage } from "../shell/page-setup";

class Offline {
  readonly #box = byId("take", HTMLElement);
  readonly #told = byId("told", HTMLElement);
  /** The exhibits that are chosen, by their names. */
  #chosen = new Set(exhibits.map(({ name }) => name));
  /** The files that are kept, by their addresses; null until they have been compared. */
  #there: Set<string> | null = null;
  /** A run of downloads under way: bytes so far and in all. */
  #loading: { done: number; all: number; abort: AbortController } | null = null;

  async look() {
    this.draw();
    try {
      this.#there = await keptOf(allFiles(exhibits));
    } catch {
      this.#there = new Set();
      this.#say("This browser keeps nothing for this site: a private window, or its storage is switched off.");
    }
    this.draw();
  }

  get #wanted() {
    return exhibits.filter(({ name }) => this.#chosen.has(name));
  }

  #missing(of: readonly KeptExhibit[]) {
    return allFiles(of).filter(({ url }) => !this.#there?.has(url));
  }

  #say(words: string) {
    this.#told.textContent = words;
  }

  draw() {
    const loading = this.#loading;
    const missing = bytesOf(this.#missing(this.#wanted));
    const every = this.#chosen.size === exhibits.length;
    render(
      html`<p><label><input type="checkbox" id="every" .checked=${live(every)} ?disabled=${loading !== null} @change=${() => this.#choose(every ? [] : exhibits.map(({ name }) => name))}> All exhibits</label></p>
        <ul class="keeping">${exhibits.map((exhibit) => this.#line(exhibit))}</ul>
        <p id="sum">${this.#there === null ? "Comparing what is here …" : missing > 0 ? html`To fetch: <span class="number">${megabytes(missing)}</span>. What several exhibits share counts once.` : this.#chosen.size > 0 ? "All of it is on this device." : "Nothing is chosen."}</p>
        <p class="row"><button type="button" id="take-offline" class="strong" ?disabled=${this.#there === null || missing === 0 || loading !== null} @click=${() => void this.#take()}>Take it offline</button>${
          loading ? html`<button type="button" id="stop" @click=${() => loading.abort.abort()}>Stop</button>` : nothing
        }</p>
        ${loading ? html`<p id="loading"><progress aria-label="Fetching" value=${loading.done / Math.max(1, loading.all)}></progress> <span class="number">${megabytes(loading.done)} of ${megabytes(loading.all)}</span></p>` : nothing}`,
      this.#box,
    );
  }

  #line(exhibit: KeptExhibit) {
    const { name, title, files } = exhibit;
    const all = bytesOf(files);
    const here = all - bytesOf(this.#missing([exhibit]));
    const state = this.#there === null ? "" : here === all ? "here" : here > 0 ? `${megabytes(here)} here` : "";
    const toggle = () => this.#choose(this.#chosen.has(name) ? [...this.#chosen].filter((one) => one !== name) : [...this.#chosen, name]);
    return html`<li data-exhibit-line=${name}><label><input type="checkbox" data-keep=${name} .checked=${live(this.#chosen.has(name))} ?disabled=${this.#loading !== null} @change=${toggle}> ${title}</label>
      <span class="number">${megabytes(all)}</span> <span class="here">${state}</span>
      <button type="button" data-remove=${name} aria-label=${`Remove ${title}`} ?disabled=${here === 0 || this.#loading !== null} @click=${() => void this.#remove(exhibit)}>Remove</button></li>`;
  }

  #choose(names: string[]) {
    this.#chosen = new Set(names);
    this.draw();
  }

  async #take() {
    const there = (this.#there ??= new Set());
    const files = this.#missing(this.#wanted);
    const loading = (this.#loading = { done: 0, all: bytesOf(files), abort: new AbortController() });
    this.#say("");
    this.draw();
    // Without this a browser that runs out of room may delete it all.
    await navigator.storage?.persist?.().catch(() => false);
    try {
      for (const file of files) {
        await keep(file, {
          signal: loading.abort.signal,
          count: (bytes) => {
            loading.done += bytes;
            this.draw();
          },
        });
        there.add(file.url);
      }
      const pages = await keepPages();
      this.#say(pages ? "All of it is on this device, compared with what the site was built with. It opens without a network from now on." : "The exhibits are on this device, but this browser does not keep the pages: it needs an address that begins with https, and no private window.");
    } catch (error) {
      this.#say(loading.abort.signal.aborted ? "Stopped. What has come stays." : this.#reason(error as Error));
    }
    this.#loading = null;
    this.draw();
  }

  #reason({ name, message }: Error) {
    return name === "QuotaExceededError" ? "This device has no more room for this site. Remove an exhibit, or choose fewer." : `${message} What has come stays; try again.`;
  }

  /** Removes what no other exhibit that is here as a whole needs. */
  async #remove(exhibit: KeptExhibit) {
    const whole = exhibits.filter((one) => one !== exhibit && this.#missing([one]).length === 0);
    const needed = new Set(allFiles(whole).map(({ url }) => url));
    const files = exhibit.files.filter(({ url }) => this.#there?.has(url) && !needed.has(url));
    await forget(files);
    for (const { url } of files) this.#there?.delete(url);
    this.#chosen.delete(exhibit.name);
    this.#say(`${exhibit.title}: ${megabytes(bytesOf(files))} removed.`);
    this.draw();
    this.#box.querySelector<HTMLElement>(`[data-keep="${exhibit.name}"]`)?.focus();
  }
}

export function open() {
  setUpPage();
  void keepForOffline();
  return new Offline().look();
}

// The settings as a form: the build renders it with the first values, the page again with those of the address.
import { html, nothing } from "lit/html.js";
import { live } from "lit/directives/live.js";
import type { ActionSetting, Schema, Setting } from "../kit/meta";

type Value = string | number | boolean;

export interface FormState {
  values: Record<string, Value>;
  /** Buttons that are pressed, hidden or disabled otherwise than the schema says. */
  actions: Record<string, Partial<Pick<ActionSetting, "pressed" | "hidden" | "disabled">>>;
  /** How the button that begins a run is called, and whether one is under way. */
  run: string;
  busy: boolean;
  /** Settings that the link which opened the page has locked or hidden, by their names. */
  locked?: ReadonlySet<string>;
  hidden?: ReadonlySet<string>;
}

export interface FormEvents {
  input(name: string, value: Value): void;
  change(name: string, value: Value): void;
  press(name: string): void;
  run(): void;
  cancel(): void;
}

/** Beside a control that the link has locked. */
const LOCK = html`<svg class="lock" viewBox="0 0 20 20" role="img" aria-label="locked by the link"><title>Locked by the link that opened this page</title><path d="M5 9V6a5 5 0 0 1 10 0v3h1v9H4V9zm2 0h6V6a3 3 0 0 0-6 0z"/></svg>`;

const numberIn = ({ min, max }: { min: number; max: number }, typed: string, first: number) => {
  const value = typed.trim() === "" ? NaN : Number(typed);
  return Number.isFinite(value) ? Math.min(max, Math.max(min, Math.round(value))) : first;
};

function control(name: string, setting: Setting, state: FormState, on: FormEvents) {
  const hidden = setting.when?.(state.values) === false || (state.hidden?.has(name) ?? false);
  const locked = state.locked?.has(name) ?? false;
  const lock = locked ? LOCK : nothing;
  const tip = setting.tip ?? nothing;
  const value = state.values[name];
  const targetOf = (event: Event) => event.target as HTMLInputElement;
  if (setting.kind === "action") {
    const now = { ...setting, ...state.actions[name] };
    return html`<button type="button" id=${name} class=${setting.strong ? "strong" : nothing} title=${tip} aria-pressed=${now.pressed === undefined ? nothing : now.pressed}
      ?hidden=${hidden || (now.hidden ?? false)} ?disabled=${locked || (now.disabled ?? false)} @click=${() => on.press(name)}>${setting.label}${lock}</button>`;
  }
  if (setting.kind === "choice") {
    return html`<label title=${tip} ?hidden=${hidden}>${setting.label}
      <select id=${name} ?disabled=${locked} .value=${live(String(value))} @change=${(event: Event) => on.change(name, targetOf(event).value)}>
        ${Object.entries(setting.options).map(([option, label]) => html`<option value=${option} ?selected=${option === value}>${label}</option>`)}
      </select>${lock}</label>`;
  }
  if (setting.kind === "toggle") {
    return html`<label title=${tip} ?hidden=${hidden}><input type="checkbox" id=${name} ?disabled=${locked} .checked=${live(Boolean(value))}
      @change=${(event: Event) => on.change(name, targetOf(event).checked)}> ${setting.label}${lock}</label>`;
  }
  if (setting.kind === "number") {
    return html`<label title=${tip} ?hidden=${hidden}>${setting.label} <input type="number" id=${name} ?disabled=${locked} min=${setting.min} max=${setting.max} step="1" .value=${live(String(value))}
      @change=${(event: Event) => on.change(name, numberIn(setting, targetOf(event).value, setting.first))}>${lock}</label>`;
  }
  if (setting.kind === "range") {
    return html`<label class="slider" title=${tip} ?hidden=${hidden}>${setting.label}
      <input type="range" id=${name} ?disabled=${locked} min=${setting.min} max=${setting.max} step=${setting.step} .value=${live(String(value))}
        @input=${(event: Event) => on.input(name, Number(targetOf(event).value))} @change=${(event: Event) => on.change(name, Number(targetOf(event).value))}>
      <span class="number" id=${`${name}-value`}>${setting.shown?.(Number(value)) ?? value}</span>${lock}</label>`;
  }
  const typed = (event: Event) => on.input(name, targetOf(event).value);
  const entered = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    on.run();
  };
  return html`<label class="typed" title=${tip} ?hidden=${hidden}>${setting.label} ${
    setting.rows > 1
      ? html`<textarea id=${name} ?disabled=${locked} rows=${setting.rows} lang=${setting.lang ?? nothing} spellcheck="true" .value=${live(String(value))} @input=${typed} @keydown=${entered}></textarea>`
      : html`<input id=${name} ?disabled=${locked} maxlength=${setting.most ?? nothing} list=${setting.list ?? nothing} lang=${setting.lang ?? nothing} autocomplete="off" spellcheck="false" .value=${live(String(value))} @input=${typed} @keydown=${entered}>`
  }${lock}</label>${setting.samples && !locked ? samplesOf(name, setting.samples, setting.label, String(value), hidden, on) : nothing}`;
}

/** Texts to pick from; none is picked while another one is typed. */
const samplesOf = (name: string, samples: readonly string[], label: string, value: string, hidden: boolean, on: FormEvents) => html`<label ?hidden=${hidden}>or
  <select id=${`${name}-sample`} aria-label=${`${label}: a sample`} .value=${live(samples.includes(value) ? value : "")}
    @change=${(event: Event) => { const picked = (event.target as HTMLSelectElement).value; if (picked) on.change(name, picked); }}>
    <option value="">a sample</option>${samples.map((sample) => html`<option value=${sample} ?selected=${sample === value}>${sample}</option>`)}
  </select></label>`;

/** Which of the settings on screen the link has locked, in words. */
function lockedLine(schema: Schema, state: FormState) {
  const names = Object.entries(schema).filter(([name, { when }]) => state.locked?.has(name) && !state.hidden?.has(name) && when?.(state.values) !== false);
  return names.length > 0 ? html`<p id="locked"><small>Locked by the link: ${names.map(([, { label }]) => label).join(", ")}.</small></p>` : nothing;
}

/** All settings in their order, then the buttons that begin and end a run. */
export const settingsForm = (schema: Schema, state: FormState, on: FormEvents) => html`
  ${Object.entries(schema).map(([name, setting]) => control(name, setting, state, on))}
  <button type="submit" id="again" class="strong">${state.run}</button>
  <button type="button" id="cancel" ?disabled=${!state.busy} @click=${() => on.cancel()}>Cancel</button>${lockedLine(schema, state)}`;

/** What each setting is at first. */
export const firstValues = (schema: Schema): Record<string, Value> =>
  Object.fromEntries(Object.entries(schema).flatMap(([name, setting]) => (setting.kind === "action" ? [] : [[name, setting.first]])));

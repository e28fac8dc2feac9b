// The settings of an exhibit at work: their values, the controls that show them, and their part of the address.
import { byId, fill } from "../kit/dom";
import { linked } from "../kit/link";
import type { ActionSetting, Schema, Setting, Values } from "../kit/meta";
import { isHidden, isLocked } from "../kit/view";
import { firstValues, settingsForm, type FormState } from "./settings-form";

type Value = string | number | boolean;

/** Letters of the longest text that an address carries. */
const LONGEST_LINKED = 1000;

export interface ControlEvents {
  /** A setting has another value; `settled` is false while a slider is still being dragged or a text typed. */
  changed(name: string, settled: boolean): void;
  pressed(name: string): void;
  run(): void;
  cancel(): void;
}

/** What the address says of a setting; what it says wrongly is as at first. */
function fromAddress(name: string, setting: Exclude<Setting, ActionSetting>): Value {
  const said = linked(setting.param ?? name);
  if (said === null) return setting.first;
  if (setting.kind === "choice") return Object.hasOwn(setting.options, said) ? said : setting.first;
  if (setting.kind === "toggle") return said === setting.on ? !setting.first : setting.first;
  if (setting.kind === "text") return said;
  const value = said === "" ? NaN : Number(said);
  const step = setting.kind === "range" ? setting.step : 1;
  return Number.isFinite(value) ? Math.min(setting.max, Math.max(setting.min, Math.round(value / step) * step)) : setting.first;
}

export class Controls<S extends Schema> {
  /** By the settings' names. Set them with `set`, so that the controls follow. */
  readonly values: Values<S>;
  readonly #form = byId("settings", HTMLFormElement);
  readonly #state: FormState;

  constructor(readonly schema: S, run: string, private readonly events: ControlEvents) {
    const values = firstValues(schema);
    for (const [name, setting] of Object.entries(schema)) if (setting.kind !== "action") values[name] = fromAddress(name, setting);
    this.values = values as Values<S>;
    const named = (has: (...names: (string | undefined)[]) => boolean) => new Set(Object.keys(schema).filter((name) => has(name, schema[name].param)));
    const locked = named(isLocked);
    // A button that changes what is locked is locked with it.
    for (const [name, setting] of Object.entries(schema)) if (setting.kind === "action" && setting.sets?.some((one) => locked.has(one))) locked.add(name);
    this.#state = { values, actions: {}, run, busy: false, locked, hidden: named(isHidden) };
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.events.run();
    });
    this.#render();
  }

  /** Gives settings other values; nothing is run for it. */
  set(values: Partial<Values<S>>) {
    Object.assign(this.#state.values, values);
    this.#render();
  }

  /** Presses, hides or disables a button among the settings. */
  show(name: keyof S & string, state: FormState["actions"][string]) {
    this.#state.actions[name] = { ...this.#state.actions[name], ...state };
    this.#render();
  }

  isPressed(name: string) {
    const setting = this.schema[name];
    return this.#state.actions[name]?.pressed ?? (setting?.kind === "action" && setting.pressed) ?? false;
  }

  set busy(busy: boolean) {
    this.#state.busy = busy;
    this.#render();
  }

  /** Whether a setting has a meaning beside the others. */
  applies(name: string) {
    return this.schema[name]?.when?.(this.#state.values) !== false;
  }

  /** The settings that a run depends on. */
  ofRun(): Record<string, string | number> {
    return Object.fromEntries(this.#applying().filter(([, setting]) => !setting.look).map(([name]) => [name, this.#plain(name)]));
  }

  /** What the address is to say: null takes a name out of it. */
  links(): Record<string, string | number | null> {
    const applying = new Set(this.#applying().map(([name]) => name));
    return Object.fromEntries(
      Object.entries(this.schema).flatMap(([name, setting]) => {
        if (setting.kind === "action") return [];
        const value = this.#state.values[name];
        const told = applying.has(name) && value !== setting.first && !(setting.kind === "text" && String(value).length > LONGEST_LINKED);
        return [[setting.param ?? name, told ? this.#plain(name) : null]];
      }),
    );
  }

  #applying() {
    return Object.entries(this.schema).filter(([name, setting]) => setting.kind !== "action" && this.applies(name));
  }

  #plain(name: string): string | number {
    const value = this.#state.values[name];
    const setting = this.schema[name];
    if (setting.kind === "choice" && setting.numeric) return Number(value);
    if (typeof value !== "boolean") return value;
    return setting.kind === "toggle" && value !== setting.first ? setting.on : value ? "yes" : "no";
  }

  #render() {
    const changed = (name: string, value: Value, settled: boolean) => {
      (this.#state.values as Record<string, Value>)[name] = value;
      this.#render();
      this.events.changed(name, settled);
    };
    fill(
      settingsForm(this.schema, this.#state, {
        input: (name, value) => changed(name, value, false),
        change: (name, value) => changed(name, value, true),
        press: (name) => this.events.pressed(name),
        run: () => this.events.run(),
        cancel: () => this.events.cancel(),
      }),
      this.#form,
    );
  }
}

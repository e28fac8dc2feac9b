// What the visitor gives to a model: numbers for its open dimensions, and something for each input.
import { html, nothing, render } from "lit/html.js";
import { live } from "lit/directives/live.js";
import { pictureShape, SCALES, type Giving, type OnnxFile, type OnnxPort, type Scale } from "../../kit/onnx";
import type { Tokenizer } from "./tokenizer";

/** Kinds of what is given, and what the page calls them. */
const KINDS: Record<Giving["kind"], string> = { picture: "the picture", tokens: "words", zeros: "zeros", ones: "ones", random: "random numbers", json: "numbers as JSON" };
const SCALE_NAMES = { unit: "0 to 1", imagenet: "ImageNet's mean and deviation", signed: "−1 to 1", own: "my own" };

export interface Given {
  sizes: Record<string, number>;
  byName: Record<string, Giving>;
  text: string;
  tokenizer: Tokenizer | null;
}

const isWhole = ({ kind }: OnnxPort) => !kind.startsWith("float") && kind !== "double";

/** The text that is given, as tokens. */
export function tokensOf({ text, tokenizer }: Given): Giving {
  return { kind: "tokens", text, ids: tokenizer?.tokens(text).map(({ id }) => id) ?? null, unknown: tokenizer?.unknown ?? null };
}

/** What suits an input at first. */
export function firstGiving(port: OnnxPort, shape: readonly number[] | null, given: Given): Giving {
  if (port.kind === "float" && shape && pictureShape(shape)) return { kind: "picture", scale: SCALES.unit, invert: false };
  if (/mask/i.test(port.name)) return { kind: "ones" };
  if (isWhole(port)) return given.tokenizer && !/type|segment|position/i.test(port.name) ? tokensOf(given) : { kind: "zeros" };
  return { kind: "random", seed: 1 };
}

const sameScale = (a: Scale, b: Scale) => a.mean.join() === b.mean.join() && a.deviation.join() === b.deviation.join();
const scaleName = (scale: Scale) => (Object.keys(SCALES) as (keyof typeof SCALES)[]).find((name) => sameScale(SCALES[name], scale)) ?? "own";

function numbersIn(text: string, otherwise: number[]) {
  const found = text.trim().split(/[\s,;]+/).map(Number);
  return found.length > 0 && found.every(Number.isFinite) ? found : otherwise;
}

const valueOf = (event: Event) => (event.target as HTMLInputElement).value;

function picture(giving: Extract<Giving, { kind: "picture" }>, set: (giving: Giving) => void) {
  const { scale } = giving;
  const name = scaleName(scale);
  const own = (what: keyof Scale) => (event: Event) => set({ ...giving, scale: { ...scale, [what]: numbersIn(valueOf(event), scale[what]) } });
  const pick = (event: Event) => {
    const chosen = valueOf(event);
    set({ ...giving, scale: chosen in SCALES ? SCALES[chosen as keyof typeof SCALES] : { mean: [0.4], deviation: [0.25] } });
  };
  return html`<label>Scale <select .value=${live(name)} @change=${pick}>${Object.entries(SCALE_NAMES).map(([key, label]) => html`<option value=${key} ?selected=${key === name}>${label}</option>`)}</select></label>
    ${name === "own" ? html`<label>Mean <input .value=${live(scale.mean.join(" "))} @change=${own("mean")}></label> <label>Deviation <input .value=${live(scale.deviation.join(" "))} @change=${own("deviation")}></label>` : nothing}
    <label><input type="checkbox" .checked=${live(giving.invert)} @change=${(event: Event) => set({ ...giving, invert: (event.target as HTMLInputElement).checked })}> dark is high</label>`;
}

function control(giving: Giving, given: Given, set: (giving: Giving) => void) {
  switch (giving.kind) {
    case "picture":
      return picture(giving, set);
    case "random":
      return html`<label>Seed <input type="number" min="1" max="9999" .value=${live(String(giving.seed))} @change=${(event: Event) => set({ kind: "random", seed: Number(valueOf(event)) || 1 })}></label>`;
    case "json":
      return html`<label class="typed">Numbers <textarea rows="3" spellcheck="false" .value=${live(giving.text)} @change=${(event: Event) => set({ kind: "json", text: valueOf(event) })}></textarea></label>`;
    case "tokens":
      return html`<label class="typed">Text <input autocomplete="off" .value=${live(giving.text)} @change=${(event: Event) => set(tokensOf(Object.assign(given, { text: valueOf(event) })))}></label>
        <p>${given.tokenizer ? `Its tokenizer has ${given.tokenizer.size} tokens; ___ hides a word from a model that guesses one.` : "Drop its vocabulary: tokenizer.json, or a .txt file with one token a line."}</p>`;
    default:
      return nothing;
  }
}

/** The kinds that go with an input. */
function kindsOf(port: OnnxPort, shape: readonly number[] | null): Giving["kind"][] {
  const numbers: Giving["kind"][] = ["random", "zeros", "ones", "json"];
  if (port.kind === "float" && shape && pictureShape(shape)) return ["picture", ...numbers];
  return isWhole(port) ? ["tokens", ...numbers] : numbers;
}

function fresh(kind: Giving["kind"], given: Given): Giving {
  if (kind === "picture") return { kind, scale: SCALES.unit, invert: false };
  if (kind === "tokens") return tokensOf(given);
  if (kind === "random") return { kind, seed: 1 };
  if (kind === "json") return { kind, text: "[0]" };
  return { kind };
}

/** The numbers in a file's open dimensions: the visitor's own, else as many as there are tokens, else a guess. */
export function sizesOf({ description: { inputs, open } }: OnnxFile, given: Given): Record<string, number> {
  const guesses = open.map(({ name, guess }) => [name, guess] as const);
  const lengths = inputs.flatMap((port) => {
    const giving = given.byName[port.name] ?? (isWhole(port) ? firstGiving(port, null, given) : null);
    const last = port.shape?.at(-1);
    return giving?.kind === "tokens" && giving.ids && typeof last === "string" ? [[last, Math.max(1, giving.ids.length)] as const] : [];
  });
  return { ...Object.fromEntries([...guesses, ...lengths]), ...given.sizes };
}

/** An input's shape with numbers in its open dimensions. */
export function shapeOf({ shape }: OnnxPort, file: OnnxFile, given: Given) {
  const sizes = sizesOf(file, given);
  return shape?.map((size) => (typeof size === "number" ? size : (sizes[size] ?? 1))) ?? null;
}

const range = (low: number, high: number) => `${Number(low.toPrecision(3))} to ${Number(high.toPrecision(3))}`;

const outputsOf = ({ description, outputs }: OnnxFile) => html`<p id="outputs"><strong>Outputs.</strong> ${
  outputs.length > 0
    ? outputs.map(({ name, shape, low, high, first }, i) => html`${i > 0 ? "; " : ""}<span title=${first.join(", ")}>${name} ${shape.join("×") || "a number"}, ${range(low, high)}</span>`)
    : description.outputs.map(({ name }) => name).join("; ")
}.</p>`;

/**
 * @param changed something is given otherwise, and the model is to run on it
 */
export function showGiven(box: HTMLElement, file: OnnxFile, given: Given, changed: () => void) {
  const { inputs, open } = file.description;
  const sizes = sizesOf(file, given);
  const resize = (name: string, event: Event) => {
    given.sizes[name] = Math.max(1, Math.round(Number(valueOf(event)) || 1));
    // What suited the old shape may not suit the new one.
    given.byName = {};
    changed();
  };
  render(
    html`${open.length > 0
      ? html`<fieldset><legend>Open dimensions</legend>${open.map(({ name, guess, at }) => html`<label title=${at}>${name} <input type="number" min="1" max="100000" .value=${live(String(sizes[name] ?? guess))} @change=${(event: Event) => resize(name, event)}></label> `)}</fieldset>`
      : nothing}
    ${inputs.map((port) => {
      const shape = shapeOf(port, file, given);
      const giving = given.byName[port.name] ?? firstGiving(port, shape, given);
      const set = (next: Giving) => {
        given.byName[port.name] = next;
        changed();
      };
      return html`<fieldset><legend>${port.name}: ${port.kind} ${shape?.join("×") ?? ""}</legend>
        <label>Give it <select .value=${live(giving.kind)} @change=${(event: Event) => set(fresh(valueOf(event) as Giving["kind"], given))}>
          ${kindsOf(port, shape).map((kind) => html`<option value=${kind} ?selected=${kind === giving.kind}>${KINDS[kind]}</option>`)}</select></label>
        ${control(giving, given, set)}</fieldset>`;
    })}
    ${outputsOf(file)}`,
    box,
  );
}

// What an exhibit says of itself: the build makes its page of it, the start page its entry, the settings their controls.
import type { TemplateResult } from "lit/html.js";
import type { Frame } from "./types";

interface Common {
  label: string;
  /** What the control does, on hover. */
  tip?: string;
  /** Only the drawing depends on it: a change makes no new run. */
  look?: boolean;
  /** Its name in the address, where that is another than the setting's own. */
  param?: string;
  /** Whether it has a meaning beside the other settings; without one it is hidden and not linked. */
  when?: (values: Record<string, string | number | boolean>) => boolean;
}
export interface ChoiceSetting<K extends string = string> extends Common { kind: "choice"; options: Record<K, string>; first: K; /** Whether a run is told it as a number. */ numeric?: boolean }
export interface NumberSetting extends Common { kind: "number"; min: number; max: number; first: number }
export interface RangeSetting extends Common {
  kind: "range"; min: number; max: number; step: number; first: number;
  /** The value as it stands beside the slider. */
  shown?: (value: number) => string;
}
/** In the address it is `on` while it is switched as it is not at first. */
export interface ToggleSetting extends Common { kind: "toggle"; first: boolean; on: string }
export interface TextSetting extends Common {
  kind: "text"; first: string; rows: number; lang?: string; most?: number; list?: string;
  /** Texts that can be picked in place of typing one. */
  samples?: readonly string[];
}
/** A button among the settings; one that is `pressed` or not stays so until it is pressed again. */
export interface ActionSetting extends Common {
  kind: "action"; strong?: boolean; pressed?: boolean; hidden?: boolean; disabled?: boolean;
  /** Settings that it changes: where a link locks one of them, the button is locked, too. */
  sets?: readonly string[];
}

export type Setting = ChoiceSetting | NumberSetting | RangeSetting | ToggleSetting | TextSetting | ActionSetting;
export type Schema = Record<string, Setting>;

/** The value of each setting, by its name. */
export type Values<S extends Schema> = {
  [K in keyof S as S[K] extends ActionSetting ? never : K]: S[K] extends ChoiceSetting<infer O> ? O
    : S[K] extends NumberSetting | RangeSetting ? number
    : S[K] extends ToggleSetting ? boolean
    : string;
};

/** One of several: `options` are named as the address and the core name them. The first is chosen at first. */
export function choice<K extends string>(label: string, options: Record<K, string> | readonly K[], more: Partial<Omit<ChoiceSetting<K>, "kind" | "label" | "options">> = {}): ChoiceSetting<K> {
  const named = Array.isArray(options) ? Object.fromEntries((options as readonly K[]).map((one) => [one, one])) : options;
  const all = named as Record<K, string>;
  return { kind: "choice", label, options: all, first: Object.keys(all)[0] as K, ...more };
}

/** A whole number that is typed. */
export const whole = (label: string, min: number, max: number, first: number, more: Partial<Common> = {}): NumberSetting => ({ kind: "number", label, min, max, first, ...more });

/** A number on a slider. */
export const range = (label: string, min: number, max: number, first: number, more: Partial<RangeSetting> = {}): RangeSetting => ({ kind: "range", label, min, max, step: 1, first, ...more });

export const toggle = (label: string, first: boolean, more: Partial<ToggleSetting> = {}): ToggleSetting => ({ kind: "toggle", label, first, on: first ? "no" : "yes", ...more });

export const text = (label: string, first: string, more: Partial<TextSetting> = {}): TextSetting => ({ kind: "text", label, first, rows: 1, ...more });

export const action = (label: string, more: Partial<ActionSetting> = {}): ActionSetting => ({ kind: "action", label, ...more });

/** The switch of steering, and the button that undoes it. */
export const steering = (tip: string, when?: Common["when"]) => ({
  steer: action("Steer", { pressed: false, tip, when }),
  reset: action("Stop steering", { hidden: true, tip: "make it look by itself again" }),
});

/** The switch of the prediction: where will it look next? */
export const guessing = (when?: Common["when"]) => ({ guess: action("Guess the next look", { pressed: false, tip: "Say where it will look next, then see", when }) });

/** Whether another model runs beside. */
export const compare = () => toggle("Compare", true, { look: true, param: "compare" });

export interface Paper { authors: string; title: string; venue: string; url: string }
/** A picture that ships with the page: its file's name without ending, and what it shows. */
export interface Sample { name: string; shows: string }

/** What a visitor can give: files dropped, pasted or chosen. */
export interface FileInput {
  label: string;
  accept: "image/*" | "video/*" | ".onnx,.txt,.json,image/*";
  camera?: boolean;
  samples?: readonly Sample[];
}

/** A state of an exhibit that has a line of its own on the start page. */
export interface Entry {
  /** The query of its address, or nothing. */
  query: string;
  /** What the visitor can find out; *one word* stands out. */
  question: string;
  /** The same where the question names what only the first photo or text holds: it heads the page over any other. */
  general?: string;
  /** The system as the lecture calls it. */
  system: string;
  /** What the visitor can do there, in one line. */
  can: string;
  /** From and to, as the lecture counts them. */
  slides: readonly [number, number];
  /** What the picture on the start page shows, for a screen reader. */
  shows: string;
}

/** A metric of a model, as models/manifest.json names both. */
export type MetricName = readonly [model: string, metric: string];

interface Measured {
  /**
   * The sentence: `{value}` stands for the figure with its standard error, `{a}` and `{b}` for two that are compared, `{n}`, `{paper}`
   * and `{chance}` for what the manifest says beside it. A part in [brackets] is left out where the manifest does not say it.
   */
  says: string;
  unit?: "%" | "nats" | "bits";
  /** Digits after the point. */
  digits?: number;
  /** Whether the manifest holds a share of 1, which the page says in percent. */
  share?: boolean;
}
/** A measured figure; the page is silent about one that the manifest does not hold. */
export interface Figure extends Measured { of: MetricName }
/** Two figures that tell what the attention is good for; the page is silent about them where the standard error is not known. */
export interface Comparison extends Measured {
  a: MetricName;
  b: MetricName;
  /** A metric that is their difference, measured on the same cases, and so with a smaller standard error; it need not be there. */
  lead?: MetricName;
}
/** How far an exhibit's models can be trusted. */
export interface Trust {
  figures: readonly Figure[];
  comparisons: readonly Comparison[];
  /** What is known to be wrong with how they were measured. */
  fault?: string;
}

export const figure = (of: MetricName, says: string, more: Omit<Measured, "says"> = {}): Figure => ({ of, says, ...more });
export const versus = (a: MetricName, b: MetricName, says: string, more: Omit<Comparison, "a" | "b" | "says"> = {}): Comparison => ({ a, b, says, ...more });

/** What a colour or a mark on the stage means, for a figure that leaves the page. Colours are a colour map's name, or properties of the page's CSS. */
export type Key =
  | { kind: "scale"; colours: string | readonly string[]; low: string; high: string; says: string }
  | { kind: "mark"; mark: "line" | "box" | "ring"; colour: string; says: string };

export interface ExhibitMeta<S extends Schema = Schema> {
  /** The name of its page's file and its folder, and the core's name for it. */
  name: string;
  title: string;
  /** Its lines on the start page, the first of which heads its page. */
  entries: readonly [Entry, ...Entry[]];
  chapter: Chapter;
  /** One sentence for search engines and the start page. */
  description: string;
  /** What one frame is: "word" as in "At this word". */
  step: string;
  /** What the model has learned, so what can be asked of it. */
  knows: string;
  papers: readonly Paper[];
  /** Models of the manifest, and how they are called here. */
  cards: Record<string, string>;
  /** Where trained models run: what was measured of them. */
  trust?: Trust;
  /** Frames a second at speed 1. */
  pace: number;
  settings: S;
  /** Whether another core runs it than the lecture's models: then the engine panel has nothing to tell. */
  hasOwnCore?: boolean;
  /** What the button that begins a run says. */
  run: string;
  file?: FileInput;
  /** The stage with what stands below it, before anything is drawn. */
  stage: TemplateResult;
  /** What the colours and marks of this frame mean. */
  legend?: (frame: Frame, values: Record<string, unknown>) => Key[];
  /** Other ways to give something, below the settings. */
  inputs?: TemplateResult;
}

export const CHAPTERS = {
  words: "Words and where they come from",
  looking: "Where to look, and how to learn it",
  writing: "Drawing and writing step by step",
  seeing: "Seeing what matters",
  own: "A model of your own",
} as const;
export type Chapter = keyof typeof CHAPTERS;

/** Keeps what is known of the settings' types. */
export const exhibit = <S extends Schema>(meta: ExhibitMeta<S>) => meta;

/** "8–18" */
export const spanOf = ([from, to]: Entry["slides"]) => (from === to ? String(from) : `${from}–${to}`);
/** "slides 8–18" */
export const slidesOf = (slides: Entry["slides"]) => `${slides[0] === slides[1] ? "slide" : "slides"} ${spanOf(slides)}`;

/** The names by which an address, or a list of activities, can mention each setting. */
export const addressNames = (schema: Schema) => [...new Set(Object.entries(schema).flatMap(([name, { param }]) => [name, param ?? name]))];

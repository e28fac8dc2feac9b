// Runs recorded from the live page, on screen before any model is downloaded. Arrays are quantised: see `pack`.
import { linked } from "../kit/link";
import type { Frame, Run, Settings } from "../kit/types";

export type Entry = {file: string, page: string, settings: Settings};
export type Recording = {settings: Settings, frames: Frame[], photo?: string, other?: Frame[]};
export type Packed = {q: 8 | 16, low: number, high: number, data: string};

const FOLDER = new URL("../cached/", import.meta.url);
const SMALL = 1000;
let index: Promise<Entry[]> | undefined;

const entries = (): Promise<Entry[]> =>
  (index ??= fetch(new URL("index.json", FOLDER))
    .then((answer) => answer.json())
    .catch(() => []));

/** Files that are on their way. */
const asked: Map<string, Promise<string | null>> = new Map();

/** The text of a recorded run's file; null if it cannot be had. */
function recorded(file: string) {
  const coming = asked.get(file) ?? fetch(new URL(file, FOLDER)).then((answer) => (answer.ok ? answer.text() : null), () => null);
  asked.set(file, coming);
  return coming;
}

/** The recorded run of exactly these settings, if there is one. */
export async function cachedRun(page: string, settings: Settings) {
  const found = (await entries()).find(
    (entry) =>
      entry.page.split("?")[0] === page &&
      Object.entries(entry.settings).every(([key, value]) => settings[key] === value) &&
      Object.keys(settings).every((key) => key in entry.settings),
  );
  if (!found) return null;
  const text = await recorded(found.file);
  asked.delete(found.file);
  return text === null ? null : (JSON.parse(text, (_key, value) => (value?.q ? unpack(value) : value)) as Recording);
}

/**
 * Whether there may be a recorded run of what the address asks for: no value in it is another than that of a recorded run. The run
 * that was recorded at this very address is asked for at once.
 */
export async function mayBeCached(page: string) {
  if (linked("steer")) return false;
  const same = ([key, value]: [string, unknown]) => [null, String(value)].includes(linked(key));
  const possible = (await entries()).filter((entry) => entry.page.split("?")[0] === page && Object.entries(entry.settings).every(same));
  const here = possible.find((entry) => entry.page === page + location.search);
  if (here) void recorded(here.file);
  return possible.length > 0;
}

/**
 * Eight bits for large pictures, which are only looked at; sixteen for attention, whose weights must still sum to one, and for
 * what is small.
 */
function pack(values: Float32Array, bits: 8 | 16): Packed {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const levels = bits === 8 ? 255 : 65535;
  const scaled = Array.from(values, (value) => Math.round(((value - low) / (high - low || 1)) * levels));
  const bytes = new Uint8Array(bits === 8 ? scaled : scaled.flatMap((level) => [level & 255, level >> 8]));
  return { q: bits, low, high, data: btoa(String.fromCharCode(...bytes)) };
}

function unpack({ q, low, high, data }: Packed) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const count = q === 8 ? bytes.length : bytes.length / 2;
  const levels = q === 8 ? 255 : 65535;
  return Float32Array.from({ length: count }, (_, i) => {
    const level = q === 8 ? bytes[i] : bytes[2 * i] + 256 * bytes[2 * i + 1];
    return low + (level / levels) * (high - low);
  });
}

/** A run as the text of its file. */
export function recordingOf(run: Run, other: Frame[] | undefined) {
  return JSON.stringify({ settings: run.settings, frames: run.frames, other }, (key, value) => {
    if (value instanceof Float32Array) return pack(value, key === "weights" || value.length < SMALL ? 16 : 8);
    return typeof value === "number" ? Number(value.toPrecision(7)) : value;
  });
}

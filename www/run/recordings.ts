// Runs recorded from the live page, on screen before any model is downloaded. Arrays are quantised: see `pack`.
import { linked } from "./link.js";
/** @import {Frame, Run, Settings} from "./types.js" */

/** @typedef {{file: string, page: string, settings: Settings}} Entry */
/** @typedef {{settings: Settings, frames: Frame[], photo?: string, other?: Frame[]}} Recording */
/** @typedef {{q: 8 | 16, low: number, high: number, data: string}} Packed */

const FOLDER = new URL("../cached/", import.meta.url);
const SMALL = 1000;
/** @type {Promise<Entry[]> | undefined} */
let index;

/** @returns {Promise<Entry[]>} */
const entries = () =>
  (index ??= fetch(new URL("index.json", FOLDER))
    .then((answer) => answer.json())
    .catch(() => []));

/** Files that are on their way. @type {Map<string, Promise<string | null>>} */
const asked = new Map();

/** The text of a recorded run's file; null if it cannot be had. @param {string} file */
function recorded(file) {
  const coming = asked.get(file) ?? fetch(new URL(file, FOLDER)).then((answer) => (answer.ok ? answer.text() : null), () => null);
  asked.set(file, coming);
  return coming;
}

/** The recorded run of exactly these settings, if there is one. @param {string} page @param {Settings} settings */
export async function cachedRun(page, settings) {
  const found = (await entries()).find(
    (entry) =>
      entry.page.split("?")[0] === page &&
      Object.entries(entry.settings).every(([key, value]) => settings[key] === value) &&
      Object.keys(settings).every((key) => key in entry.settings),
  );
  if (!found) return null;
  const text = await recorded(found.file);
  asked.delete(found.file);
  return text === null ? null : /** @type {Recording} */ (JSON.parse(text, (_key, value) => (value?.q ? unpack(value) : value)));
}

/** Whether there may be a recorded run of what the address asks for: no value in it is another than that of a recorded run. The run
 * that was recorded at this very address is asked for at once. @param {string} page */
export async function mayBeCached(page) {
  if (linked("steer")) return false;
  const same = (/** @type {[string, unknown]} */ [key, value]) => [null, String(value)].includes(linked(key));
  const possible = (await entries()).filter((entry) => entry.page.split("?")[0] === page && Object.entries(entry.settings).every(same));
  const here = possible.find((entry) => entry.page === page + location.search);
  if (here) void recorded(here.file);
  return possible.length > 0;
}

/** Eight bits for large pictures, which are only looked at; sixteen for attention, whose weights must still sum to one, and for
 * what is small.
 * @param {Float32Array} values @param {8 | 16} bits @returns {Packed} */
function pack(values, bits) {
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

/** @param {Packed} packed */
function unpack({ q, low, high, data }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const count = q === 8 ? bytes.length : bytes.length / 2;
  const levels = q === 8 ? 255 : 65535;
  return Float32Array.from({ length: count }, (_, i) => {
    const level = q === 8 ? bytes[i] : bytes[2 * i] + 256 * bytes[2 * i + 1];
    return low + (level / levels) * (high - low);
  });
}

/** A run as the text of its file. @param {Run} run @param {Frame[] | undefined} other */
export function recordingOf(run, other) {
  return JSON.stringify({ settings: run.settings, frames: run.frames, other }, (key, value) => {
    if (value instanceof Float32Array) return pack(value, key === "weights" || value.length < SMALL ? 16 : 8);
    return typeof value === "number" ? Number(value.toPrecision(7)) : value;
  });
}

// Runs recorded from the live page, on screen before any model is downloaded. Arrays are quantised: see `pack`.
import { recordings } from "virtual:recordings";
import { linked } from "../kit/link";
import type { Frame, Run, Settings } from "../kit/types";
import { siteAddress, siteFile } from "./site";
import { STORAGE_PATIENCE, within } from "./within";

/** A recorded run: its file below the site's folder, the address it was recorded at, and its settings. */
export interface Entry {
  file: string;
  page: string;
  settings: Settings;
}
export interface Recording {
  settings: Settings;
  frames: Frame[];
  /** The frames of the run beside it. */
  other?: Frame[];
}
interface Packed {
  q: 8 | 16;
  low: number;
  high: number;
  data: string;
}
/** Whole numbers up to 255 in stretches of one value: a byte that says how often it stands there, and the value. */
interface Stretches {
  stretches: string;
}

/** Arrays shorter than this keep sixteen bits. */
const SMALL = 1000;

/** The recorded runs of a page; none where the address asks for live ones (`?live`). */
const recordedOn = (page: string) => (linked("live") === null ? recordings.filter((entry) => entry.page.split("?")[0] === page) : []);

/** Files that are on their way. */
const coming = new Map<string, Promise<string | null>>();

/** The build packs recorded runs with gzip. */
async function unzipped(packed: Response) {
  return new Response((await packed.blob()).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

/** Some hosts say that such a file is packed: then the browser has unpacked it already, and its digest is another. */
async function unpackedByBrowser(file: string) {
  const answer = await fetch(siteAddress(file));
  return answer.ok && answer.headers.has("content-encoding") ? answer.text() : null;
}

/** Without a network only what was kept is asked for: the browser would log every other file as an error. */
const reachable = async (file: string) =>
  navigator.onLine || !("caches" in globalThis) || (await within(STORAGE_PATIENCE, caches.match(siteAddress(file)), null)) !== null;

/** The text of a recorded run's file; null if it cannot be had. */
function textOf(file: string) {
  const fetched = async () => ((await reachable(file)) ? siteFile(file).then(unzipped, () => unpackedByBrowser(file)) : null);
  const text = coming.get(file) ?? fetched().catch(() => null);
  coming.set(file, text);
  return text;
}

/** The recorded run of exactly these settings, if there is one and the host has it. */
export async function cachedRun(page: string, settings: Settings): Promise<Recording | null> {
  const keys = Object.keys(settings);
  const found = recordedOn(page).find(
    (entry) => keys.every((key) => key in entry.settings) && Object.entries(entry.settings).every(([key, value]) => settings[key] === value),
  );
  if (!found) return null;
  const text = await textOf(found.file);
  coming.delete(found.file);
  if (text === null) return null;
  try {
    const recording: Recording = JSON.parse(text, (_key, value) => (value?.q ? unpack(value) : value?.stretches ? stretched(value) : value));
    return recording.frames.length > 0 ? recording : null;
  } catch {
    return null;
  }
}

/** Fetches the run that each exhibit opens with, where the page has not shown it: whoever has seen the start page can open them all
 * without a network. */
export async function fetchOpenings() {
  const shown = new Set(performance.getEntriesByType("resource").map(({ name }) => name));
  const missing = recordings.filter(({ page, file }) => !page.includes("?") && !shown.has(siteAddress(file)));
  await Promise.all(missing.map(({ file }) => textOf(file)));
}

/**
 * Whether there may be a recorded run of what the address asks for: no value in it is another than that of a recorded run. The run
 * that was recorded at this very address is asked for at once.
 */
export function mayBeRecorded(page: string) {
  if (linked("steer")) return false;
  const same = ([key, value]: [string, unknown]) => [null, String(value)].includes(linked(key));
  const possible = recordedOn(page).filter((entry) => Object.entries(entry.settings).every(same));
  const here = possible.find((entry) => entry.page === page + location.search);
  if (here) void textOf(here.file);
  return possible.length > 0;
}

/** Sixteen bits for the attention over a picture or a text, whose weights must still sum to one, and for all that is small; eight for
 * large pictures and matrices, which are only looked at. */
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
  return { q: bits, low, high, data: asText(bytes) };
}

const asText = (bytes: Iterable<number>) => btoa(String.fromCharCode(...bytes));
const bytesOf = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** The numbers of classes, which take a fraction of the bytes so; null for what has no such stretches. */
function inStretches(values: Float32Array): Stretches | null {
  if (!values.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)) return null;
  const bytes: number[] = [];
  for (const value of values) {
    const last = bytes.length - 2;
    if (bytes[last + 1] === value && bytes[last] < 255) bytes[last]++;
    else bytes.push(1, value);
  }
  return bytes.length < values.length ? { stretches: asText(bytes) } : null;
}

function stretched({ stretches }: Stretches) {
  const bytes = bytesOf(stretches);
  const values: number[] = [];
  for (let at = 0; at < bytes.length; at += 2) values.push(...new Array<number>(bytes[at]).fill(bytes[at + 1]));
  return Float32Array.from(values);
}

function unpack({ q, low, high, data }: Packed) {
  const bytes = bytesOf(data);
  const count = q === 8 ? bytes.length : bytes.length / 2;
  const levels = q === 8 ? 255 : 65535;
  return Float32Array.from({ length: count }, (_, i) => {
    const level = q === 8 ? bytes[i] : bytes[2 * i] + 256 * bytes[2 * i + 1];
    return low + (level / levels) * (high - low);
  });
}

/** A run as the text of its file. */
export function recordingOf(run: Run, other: Frame[] | undefined) {
  return JSON.stringify({ settings: run.settings, frames: run.frames, other }, (_key, value) => {
    if (value instanceof Float32Array) return inStretches(value) ?? pack(value, value.length < SMALL ? 16 : 8);
    return typeof value === "number" ? Number(value.toPrecision(7)) : value;
  });
}

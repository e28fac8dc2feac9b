// A list of activities as a teacher writes it: which exhibit, its settings, and what is hidden, locked or revealed. Read with messages
// that say what is wrong and where.
import { LOCKS, PARTS, plainQuery } from "./view";

export interface Preset {
  title: string;
  /** What the class does, in a sentence or two. */
  say?: string;
  /** The exhibit's name; a preset without one fits every exhibit. */
  exhibit?: string;
  minutes?: number;
  /** By their names in the address. */
  settings?: Record<string, string | number>;
  hide?: string[];
  reveal?: string[];
  lock?: string[];
  start?: "play" | "paused";
  /** The step that it opens on. */
  step?: number;
}

export interface PresetList {
  title: string;
  about?: string;
  presets: Preset[];
}

/** The names by which each exhibit's settings can be named; null where they are not looked into. */
export type Settings = Record<string, readonly string[] | null>;

/** What addresses say of the input besides the settings. */
const GIVEN = ["sample", "drawing", "scene", "digit", "box", "target", "descend", "scores", "follow", "colour", "remove", "add", "boxes", "hand", "written", "steer", "gpu", "live"];
/** What the address says of the view and of the step, besides the settings. */
const RESERVED = ["hide", "reveal", "lock", "start", "step", "embed", "present", "activity", "clicker"];
const FIELDS = ["title", "say", "exhibit", "minutes", "settings", "hide", "reveal", "lock", "start", "step"];
const MOST = 100;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown) => typeof value === "string" && value.trim() !== "";
const isCount = (value: unknown) => typeof value === "number" && Number.isInteger(value) && value > 0 && value < 1000;
const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");

/** What is wrong with one preset. */
function faultsOf(preset: unknown, settings: Settings): string[] {
  if (!isObject(preset)) return [`is not written as { "title": … }.`];
  const faults: string[] = [];
  const must = (right: boolean, fault: string) => right || faults.push(fault);
  const { title, say, exhibit, minutes, start, step } = preset;
  must(isText(title), `has no "title": write "title": "What it is about".`);
  must(say === undefined || isText(say), `has a "say" that is not a text.`);
  must(minutes === undefined || isCount(minutes), `has "minutes" that are not a whole number above 0.`);
  must(step === undefined || isCount(step), `has a "step" that is not a whole number above 0.`);
  must(start === undefined || start === "play" || start === "paused", `has a "start" that is neither "play" nor "paused".`);
  const odd = Object.keys(preset).filter((field) => !FIELDS.includes(field));
  must(odd.length === 0, `has ${quoted(odd)}, which means nothing here. It can have ${quoted(FIELDS)}.`);
  const isKnown = typeof exhibit === "string" && Object.hasOwn(settings, exhibit);
  must(exhibit === undefined || isKnown, `names the exhibit ${JSON.stringify(exhibit)}, which is not there. There are ${quoted(Object.keys(settings))}.`);
  // Of an exhibit that is not named, or not there, no setting can be wrong.
  const own = isKnown ? settings[exhibit] : null;
  const list = (field: "hide" | "reveal" | "lock", known: readonly string[] | null) => {
    const names = preset[field];
    if (names === undefined) return;
    if (!Array.isArray(names) || !names.every(isText)) {
      must(false, `has a "${field}" that is not a list of names, such as ["words", "panel"].`);
      return;
    }
    const wrong = known ? names.filter((name) => !known.includes(name)) : [];
    must(wrong.length === 0, `says "${field}" of ${quoted(wrong)}. It can name ${quoted(known ?? [])}.`);
  };
  list("hide", own && [...Object.keys(PARTS), ...own]);
  list("reveal", Object.keys(PARTS));
  list("lock", own && [...Object.keys(LOCKS), ...own]);
  if (preset.settings !== undefined) {
    if (!isObject(preset.settings) || !Object.values(preset.settings).every((value) => typeof value === "string" || typeof value === "number")) {
      must(false, `has "settings" that are not written as { "model": "hard", "seed": 3 }.`);
    } else {
      const wrong = Object.keys(preset.settings).filter((name) => RESERVED.includes(name) || (own && !own.includes(name) && !GIVEN.includes(name)));
      must(wrong.length === 0, `sets ${quoted(wrong)}, which is no setting${isKnown ? ` of "${exhibit}". It has ${quoted(own ?? [])}` : ""}.`);
    }
  }
  return faults;
}

/**
 * Reads a list from the text of its file.
 * @returns the list, or what is wrong with it in sentences
 */
export function readPresets(text: string, settings: Settings): { list: PresetList; faults?: never } | { list?: never; faults: string[] } {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    const at = /position (\d+)/.exec((error as Error).message)?.[1];
    const line = at === undefined ? "" : ` Look at line ${text.slice(0, Number(at)).split("\n").length}.`;
    return { faults: [`The file is not written as JSON.${line} A comma or a quotation mark may be missing, or there is a comma too many.`] };
  }
  if (!isObject(read) || !Array.isArray(read.presets)) return { faults: [`The file must be written as { "title": "My lesson", "presets": [ … ] }.`] };
  const faults: string[] = [];
  if (!isText(read.title)) faults.push(`The file has no "title": write "title": "My lesson" at its beginning.`);
  if (read.about !== undefined && !isText(read.about)) faults.push(`The file's "about" is not a text.`);
  if (read.presets.length === 0) faults.push(`The list "presets" is empty.`);
  if (read.presets.length > MOST) faults.push(`The list "presets" has more than ${MOST} entries.`);
  read.presets.slice(0, MOST).forEach((preset, i) => {
    const name = isObject(preset) && isText(preset.title) ? ` (“${preset.title}”)` : "";
    for (const fault of faultsOf(preset, settings)) faults.push(`Preset ${i + 1}${name} ${fault}`);
  });
  return faults.length > 0 ? { faults } : { list: read as unknown as PresetList };
}

/** What a preset puts into the address. */
export function queryOf({ settings = {}, hide = [], reveal = [], lock = [], start, step }: Omit<Preset, "title">): Record<string, string> {
  const said = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
  for (const [name, names] of Object.entries({ hide, reveal, lock })) if (names.length > 0) said[name] = names.join(",");
  if (start) said.start = start;
  if (step) said.step = String(step);
  return said;
}

/** The address of a preset, relative to the site's folder, with what else it says. */
export function addressOf(preset: Preset, more: Record<string, string> = {}) {
  const query = plainQuery(new URLSearchParams({ ...queryOf(preset), ...more }));
  return `${preset.exhibit}.html${query && `?${query}`}`;
}

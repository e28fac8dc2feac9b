// All state that can be linked to stands in the URL's query, so a link opens on the very same frame. Only a photo of the visitor's own,
// which no server must see, can stand behind the "#".
import { plainQuery } from "./view";

const present = new URLSearchParams(location.search);
/** A photo behind the "#" stays there as long as it is the one that is looked at. */
let hash = location.hash.startsWith("#photo=") ? location.hash : "";
let pending: number | undefined;
let writes: number[] = [];

/** Browsers refuse more than about a hundred changes in half a minute. */
const MANY = 50;
const WHILE = 20_000;

function write() {
  pending = undefined;
  writes.push(performance.now());
  const query = plainQuery(present);
  try {
    history.replaceState(null, "", `${location.pathname}${query && `?${query}`}${hash}`);
  } catch {
    // Too many changes at once: the next one carries this one with it.
  }
}

export const linked = (key: string) => present.get(key);

/** The photo that the address carries, as text. */
export const linkedPhoto = () => hash.slice("#photo=".length) || null;

/** Another photo is looked at than the one that the address carries. */
export function dropLinkedPhoto() {
  hash = "";
}

export function linkedNumber(key: string, low: number, high: number, otherwise: number) {
  const text = present.get(key);
  const value = text === null || text === "" ? NaN : Number(text);
  return Number.isFinite(value) ? Math.min(high, Math.max(low, Math.round(value))) : otherwise;
}

export function linkedChoice<T extends string>(key: string, allowed: readonly T[], otherwise: T): T {
  const text = present.get(key);
  return allowed.find((one) => one === text) ?? otherwise;
}

/** Puts values into the URL; null takes one out. */
export function link(values: Record<string, string | number | null>) {
  for (const [key, value] of Object.entries(values)) {
    if (value === null) present.delete(key);
    else present.set(key, String(value));
  }
  if (pending !== undefined) return;
  writes = writes.filter((at) => at > performance.now() - WHILE);
  if (writes.length < MANY) write();
  else pending = window.setTimeout(write, 1000);
}

/** Writes at once what waits, before the address is copied or left. */
export function settleLink() {
  if (pending === undefined) return;
  clearTimeout(pending);
  write();
}

// All state that can be linked to stands in the URL's query, so a link opens on the very same frame.
const present = new URLSearchParams(location.search);
/** @type {number | undefined} */
let pending;
/** @type {number[]} */
let writes = [];

/** Browsers refuse more than about a hundred changes in half a minute. */
const MANY = 50;
const WHILE = 20_000;

function write() {
  pending = undefined;
  writes.push(performance.now());
  const query = present.toString();
  try {
    history.replaceState(null, "", query ? `?${query}` : location.pathname);
  } catch {
    // Too many changes at once: the next one carries this one with it.
  }
}

/** @param {string} key */
export const linked = (key) => present.get(key);

/** @param {string} key @param {number} low @param {number} high @param {number} otherwise */
export function linkedNumber(key, low, high, otherwise) {
  const text = present.get(key);
  const value = text === null || text === "" ? NaN : Number(text);
  return Number.isFinite(value) ? Math.min(high, Math.max(low, Math.round(value))) : otherwise;
}

/** @template {string} T @param {string} key @param {readonly T[]} allowed @param {T} otherwise @returns {T} */
export function linkedChoice(key, allowed, otherwise) {
  const text = present.get(key);
  return allowed.find((one) => one === text) ?? otherwise;
}

/** Puts values into the URL; null takes one out. @param {Record<string, string | number | null>} values */
export function link(values) {
  for (const [key, value] of Object.entries(values)) {
    if (value === null) present.delete(key);
    else present.set(key, String(value));
  }
  if (pending !== undefined) return;
  writes = writes.filter((at) => at > performance.now() - WHILE);
  if (writes.length < MANY) write();
  else pending = setTimeout(write, 1000);
}

/** Writes at once what waits, before the address is copied or left. */
export function settleLink() {
  if (pending === undefined) return;
  clearTimeout(pending);
  write();
}

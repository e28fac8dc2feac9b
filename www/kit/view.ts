// What an address says of the page around an exhibit: what is hidden, what a button reveals, what is locked, how the run opens, and
// whether the page stands in a frame. public/early.js hides the parts before the first paint.

/** The parts of an exhibit's page that can be hidden. */
export const PARTS = {
  header: "everything above the stage",
  title: "the question",
  tools: "the buttons at the top",
  words: "what the model says",
  player: "the player",
  film: "the pictures of all steps",
  panel: "the text beside the stage",
  trust: "how far to trust it",
  input: "all settings and inputs",
  footer: "papers and terms",
} as const;
export type Part = keyof typeof PARTS;

/** What can be locked besides the settings. */
export const LOCKS = {
  input: "all settings and inputs",
  sample: "the photo or clip",
  stage: "what is dragged and painted on the stage",
} as const;

export interface View {
  hide: readonly string[];
  /** Hidden until a button is pressed. */
  reveal: readonly string[];
  lock: readonly string[];
  /** Whether the run that the page opens with plays; null: as ever. */
  start: "play" | "paused" | null;
  embed: boolean;
}

/** Names in a list of an address, whatever stands between them. */
const namesIn = (text: string | null) => [...new Set((text ?? "").toLowerCase().split(/[\s,]+/).filter(Boolean))];

export function viewOf(query: URLSearchParams): View {
  const start = query.get("start");
  return {
    hide: namesIn(query.get("hide")),
    reveal: namesIn(query.get("reveal")),
    lock: namesIn(query.get("lock")),
    start: start === "play" || start === "paused" ? start : null,
    embed: query.has("embed"),
  };
}

/** What this page's address says. */
export const view = viewOf(new URLSearchParams(globalThis.location?.search));

/** Whether the address locks a setting or one of the inputs by any of its names. Where it hides all inputs, no file is taken either. */
export const isLocked = (...names: (string | undefined)[]) =>
  view.lock.includes("input") || view.hide.includes("input") || names.some((name) => name !== undefined && view.lock.includes(name));

/** Whether the address hides a setting by any of its names. */
export const isHidden = (...names: (string | undefined)[]) => names.some((name) => name !== undefined && view.hide.includes(name));

/** A sentence for each list of the address with names that this page does not have. */
export function unknownNames({ hide, reveal, lock }: View, settings: readonly string[]): string[] {
  const lists = [
    ["hide", hide, [...Object.keys(PARTS), ...settings]],
    ["reveal", reveal, Object.keys(PARTS)],
    ["lock", lock, [...Object.keys(LOCKS), ...settings]],
  ] as const;
  return lists.flatMap(([name, said, known]) => {
    const wrong = said.filter((one) => !known.includes(one));
    return wrong.length > 0 ? [`The address says ${name}=${wrong.join(",")}, which this page does not have. It has ${known.join(", ")}.`] : [];
  });
}

/** What a link to another page of the site takes along, so that what is hidden or locked stays so. */
const LISTS = ["hide", "reveal", "lock"];
const SINGLE = ["start", "embed"];

/**
 * A link with what the present address says of the view.
 * @param href absolute
 * @param here the present address
 * @returns null where the link leads out of the site's folder, or to no page
 */
export function takeAlong(href: string, here: string): string | null {
  const [to, from] = [new URL(href), new URL(here)];
  const folder = from.pathname.replace(/(teach\/)?[^/]*$/, "");
  const name = to.pathname.slice(folder.length);
  if (to.origin !== from.origin || !to.pathname.startsWith(folder) || !/^((teach\/)?[^/]+\.html)?$/.test(name)) return null;
  for (const key of LISTS) {
    const names = namesIn(`${to.searchParams.get(key) ?? ""},${from.searchParams.get(key) ?? ""}`);
    if (names.length > 0) to.searchParams.set(key, names.join(","));
  }
  for (const key of SINGLE) {
    const said = from.searchParams.get(key);
    if (said !== null && !to.searchParams.has(key)) to.searchParams.set(key, said);
  }
  to.search = plainQuery(to.searchParams);
  return to.href;
}

/** A query as a person would write it: commas as they are, no "=" after a name that says all. */
export const plainQuery = (query: URLSearchParams) => query.toString().replaceAll("%2C", ",").replace(/=(?=&|$)/g, "");

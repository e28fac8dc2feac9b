// site.json, written by the build: every model with its files, figures and terms.

/** A file of the site. */
export interface SiteFile {
  /** Its address below the site's folder. */
  url: string;
  bytes: number;
  sha256: string;
}

/** A figure that was measured with the shipped files. */
export interface Metric {
  name: string;
  value: number;
  split: string;
  protocol: string;
  /** What the paper reports. */
  paper?: number | string | null;
  /** How many cases it was measured on, and the standard error that follows from them, in the unit of `value`. */
  n?: number;
  se?: number;
  /** What guessing would reach. */
  chance?: number;
}

/** The chance that a sentence turns out well, 1 / (1 + exp(−(slope · m + offset))), with m = log p / terms^power, its end counting as a term. */
export interface Confidence {
  slope: number;
  offset: number;
  power: number;
  /** With a smaller chance the page says that the model is unsure. */
  unsure_below: number;
  /** What it is the chance of, as "at least half right". */
  outcome: string;
  /** When a sentence counts as that, and on how many photos it was fitted. */
  protocol: string;
}

export interface SiteModel {
  title: string;
  licence: string;
  data: string;
  paper: string;
  opset: number;
  metrics: Metric[];
  confidence?: Confidence;
  files: Record<string, SiteFile>;
}

export interface Site {
  version: string;
  /** The core: its glue and its wasm by their addresses below the site's folder, the wasm's length, and the digests of both. */
  wasm: { js: string; wasm: string; bytes: number; sha256: { js: string; wasm: string } };
  models: Record<string, SiteModel>;
}

/** The absolute address of a file of the site: all pages lie in its folder. */
export const siteAddress = (path: string) => new URL(path, document.baseURI).href;

/** A file of the site by its path; an error names it if the host does not have it. */
export async function siteFile(path: string) {
  const answer = await fetch(siteAddress(path));
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer;
}

export const fetchSite = async (): Promise<Site> => (await siteFile("site.json")).json();

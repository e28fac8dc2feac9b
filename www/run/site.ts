// site.json, written by the build: every model with its files, figures and terms.
import { digestIn } from "./digest";
import { download, nameOf } from "./download";
import { Refusal } from "./refusal";

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

/** A core: its glue and its wasm by their addresses below the site's folder, with the lengths and digests of both. */
export interface CoreFiles {
  js: string;
  wasm: string;
  bytes: { js: number; wasm: number };
  sha256: { js: string; wasm: string };
}

export interface Site {
  version: string;
  wasm: CoreFiles;
  /** The second core, which reads any ONNX file; null where it has not been built yet. */
  onnx: CoreFiles | null;
  models: Record<string, SiteModel>;
}

/** The absolute address of a file of the site: a page that lies in a folder of it says the way in `data-home`. */
export const siteAddress = (path: string) => new URL((document.documentElement.dataset.home ?? "") + path, document.baseURI).href;

/** What an image file begins with. */
const IMAGES = [
  [0xff, 0xd8, 0xff],
  [0x89, 0x50, 0x4e, 0x47],
];

/** The host's answer for a file whose digest the page does not know, if it looks right; asked for again past every cache if not. */
async function answered(path: string, looksRight: (bytes: Uint8Array) => boolean) {
  const address = siteAddress(path);
  const name = nameOf(address);
  let why = "";
  for (const cache of ["default", "reload", "reload"] as const) {
    const answer = await fetch(address, { cache }).catch(() => null);
    const bytes = answer?.ok ? await answer.arrayBuffer().catch(() => null) : null;
    if (answer && bytes && looksRight(new Uint8Array(bytes))) return new Response(bytes);
    if (answer === null) why = `${name} could not be fetched.`;
    else if (!answer.ok) why = `This host does not serve ${name} (${answer.status}).`;
    else why = `This host sent something else where ${name} should be.`;
    if (!navigator.onLine || answer?.status === 404) break;
  }
  throw new Refusal("host", why);
}

/** A file of the site by its path, only if it is the right one; an error says what came instead. */
export async function siteFile(path: string): Promise<Response> {
  const digest = digestIn(path);
  if (digest) return new Response(await download({ address: siteAddress(path), bytes: null, sha256: digest }));
  return answered(path, (bytes) => !/\.(jpg|png)$/.test(path) || IMAGES.some((start) => start.every((byte, i) => bytes[i] === byte)));
}

const isJson = (bytes: Uint8Array) => {
  try {
    return Boolean((JSON.parse(new TextDecoder().decode(bytes)) as Partial<Site> | null)?.models);
  } catch {
    return false;
  }
};

export const fetchSite = async (): Promise<Site> => (await answered("site.json", isJson)).json();

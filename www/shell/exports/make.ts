// The files of the dialog "Export", each made of the page as it stands.
import { sha256 } from "../../run/digest";
import { fetchSite } from "../../run/site";
import type { Exported, Shows, Taken } from "./exported";
import { figureOf, tallest, toldOf, type Figure, type Look } from "./figure";
import type { FilmKind } from "./film";
import { runAsJson, tableAsCsv, wordOf, type ModelFile, type Table } from "./numbers";
import { pageFile, type Slide } from "./page-file";
import player from "./page-player.js?raw";
import style from "./page-player.css?raw";
import { paint } from "./paint";
import { labelled } from "./png";
import type { Scene } from "./scene";
import { nodesOf, svgOf } from "./svg";
import { modelsOf, papersOf, sourceOf, stepOf, type Told } from "./words";

export interface Saved { blob: Blob; name: string }
/** Tells how far a file is, and throws where it was cancelled or the run is another. */
export type Progress = (done: number, of: number) => Promise<void>;

export const NO_FILMS = "What writes films could not be loaded: it needs the network the first time.";

/** A figure's pictures in an SVG, in pixels of CSS: 288 to an inch. */
const PRINT = 3;
/** Longer pictures are embedded as JPEG, where that is shorter. */
const LONG = 400_000;
const SHORT = 60_000;
/** How a film and a stand-alone page are laid out. */
const SCREEN: Pick<Look, "width" | "letters"> = { width: 640, letters: 15 };
const PAGE_DENSITY = 1.5;
/** Steps that are laid out to learn how tall the stage becomes. */
const TRIED = 16;

const blobOf = (canvas: HTMLCanvasElement, type: string) =>
  new Promise<Blob>((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("This browser has no room for a picture of this size. Choose a smaller one."))), type));

/** A picture as an address of data: the shorter of PNG and JPEG, once PNG is long. */
function addressOf(canvas: HTMLCanvasElement, background: string, long: number) {
  const png = canvas.toDataURL("image/png");
  if (png.length < long) return png;
  const sheet = paint(document.createElement("canvas"), { width: canvas.width, height: canvas.height, background, items: [{ kind: "image", x: 0, y: 0, width: canvas.width, height: canvas.height, canvas, says: "" }] }, 1);
  const jpeg = sheet.toDataURL("image/jpeg", 0.93);
  return jpeg.length < png.length ? jpeg : png;
}

export async function png(page: Exported, show: Shows, look: Look, scale: number): Promise<Saved> {
  const { scene, told, caption } = figureOf(page, show, page.player.index, look, scale);
  const blob = await blobOf(paint(document.createElement("canvas"), scene, scale), "image/png");
  const bytes = labelled(new Uint8Array(await blob.arrayBuffer()), scale, { Title: told.headline, Description: caption, Source: told.link, Software: "Glimpse" });
  return { blob: new Blob([bytes], { type: "image/png" }), name: `step-${told.frame.step}-${scale}x.png` };
}

export async function svg(page: Exported, show: Shows, look: Look): Promise<Saved> {
  const { scene, told, caption } = figureOf(page, show, page.player.index, look, PRINT);
  const text = svgOf(scene, { title: told.headline, description: caption }, (canvas) => addressOf(canvas, scene.background, LONG));
  return { blob: new Blob([text], { type: "image/svg+xml" }), name: `step-${told.frame.step}.svg` };
}

/** Every so many frames, and the last one. */
const everyNth = (count: number, stride: number) => Array.from({ length: Math.ceil(count / stride) }, (_, i) => Math.min(count - 1, count - 1 - (Math.ceil(count / stride) - 1 - i) * stride));

/** The look of a film or of a stand-alone page. */
export const screenLook = (look: Look): Look => ({ ...look, ...SCREEN });

const even = (value: number) => 2 * Math.ceil(value / 2);

export interface FilmWish { kind: FilmKind; width: number; pace: number; stride: number }

/** How tall the stage becomes, by some of the steps. */
const tallestOfSome = (page: Exported, show: Shows, look: Look, indices: readonly number[]) =>
  tallest(page, show, indices.filter((_, i) => i % Math.ceil(indices.length / TRIED) === 0 || i === indices.length - 1), look);

/** How large a film becomes, in pixels. */
function filmPlan(page: Exported, show: Shows, look: Look, indices: readonly number[], wide: number) {
  const scale = wide / SCREEN.width;
  const tall = tallestOfSome(page, show, look, indices);
  const { scene } = figureOf(page, show, indices[indices.length - 1], look, 1, tall);
  return { scale, tall, width: even(wide), height: even(scene.height * scale) };
}

export async function film(page: Exported, show: Shows, chosen: Look, { frames }: Taken, { kind, width: wide, pace, stride }: FilmWish, progress: Progress): Promise<Saved> {
  const { writeFilm } = await import("./film").catch(() => Promise.reject(new Error(NO_FILMS)));
  const look = screenLook(chosen);
  const indices = everyNth(frames.length, stride);
  await progress(0, indices.length);
  const { scale, tall, width, height } = filmPlan(page, show, look, indices, wide);
  const sheet = document.createElement("canvas");
  const draw = (i: number) => {
    const { scene } = figureOf(page, show, indices[i], look, scale, tall);
    // A step that is taller than all that were tried is made smaller.
    const fit = Math.min(1, height / scale / scene.height);
    return paint(sheet, { ...scene, width: width / scale, height: height / scale }, scale * fit, width / scale / fit, height / scale / fit);
  };
  const blob = await writeFilm({ width, height, count: indices.length, pace, draw, progress: (done) => progress(done, indices.length) }, kind);
  return { blob, name: `run.${kind}` };
}

const base64 = (hex: string) => btoa(String.fromCharCode(...(hex.match(/../g) ?? []).map((byte) => parseInt(byte, 16))));
const digest = async (text: string) => base64(await sha256(new TextEncoder().encode(text)));

/** What draws a scene, with numbers of `pictures`, which gets those that it has not yet, for its pictures. */
function slideOf(scene: Scene, told: Told, pictures: Map<string, number>): Slide {
  const numberOf = (canvas: HTMLCanvasElement) => {
    const address = addressOf(canvas, scene.background, SHORT);
    if (!pictures.has(address)) pictures.set(address, pictures.size);
    return String(pictures.get(address));
  };
  const word = wordOf(told.frame);
  const nodes = scene.items.flatMap((item, i) => nodesOf(item, i, numberOf));
  return { width: scene.width, height: scene.height, nodes, says: `${stepOf(told).replace(/^./, (letter) => letter.toUpperCase())}${word ? `: ${word}` : ""}` };
}

export async function page(source: Exported, show: Shows, chosen: Look, { frames }: Taken, { pace, stride }: Pick<FilmWish, "pace" | "stride">, progress: Progress): Promise<Saved> {
  const look = { ...screenLook(chosen), title: false, source: false };
  const indices = everyNth(frames.length, stride);
  const pictures = new Map<string, number>();
  const slides: Slide[] = [];
  let last: Figure | null = null;
  await progress(0, indices.length);
  const tall = tallestOfSome(source, show, look, indices);
  for (const index of indices) {
    await progress(slides.length, indices.length);
    last = figureOf(source, show, index, look, PAGE_DENSITY, tall);
    slides.push(slideOf(last.scene, last.told, pictures));
  }
  const told = last?.told ?? toldOf(source, 0, frames);
  const background = last?.scene.background ?? "#ffffff";
  const run = { title: told.headline, system: told.system, pace, background, pictures: [...pictures.keys()], slides, source: sourceOf(told), link: told.own ? null : told.link };
  return { blob: new Blob([await pageFile(run, player, style, digest)], { type: "text/html" }), name: "run.html" };
}

/** The files of these models, as the site has them. */
async function modelFiles(models: readonly string[]): Promise<ModelFile[]> {
  const { models: site } = await fetchSite();
  return models.flatMap((model) => Object.entries(site[model]?.files ?? {}).map(([name, { sha256: digest, bytes }]) => ({ model, name, sha256: digest, bytes })));
}

export const table = ({ frames }: Taken, which: Table): Saved => ({ blob: new Blob(tableAsCsv(frames, which), { type: "text/csv" }), name: `${which}.csv` });

export async function json(page: Exported, { run, frames }: Taken): Promise<Saved> {
  const { meta } = page;
  const { system, link } = toldOf(page, page.player.index, frames);
  const origin = { exhibit: meta.name, system, link, papers: papersOf(meta), settings: run.settings, steers: run.steers, live: run.live, models: await modelFiles(modelsOf(meta, run.settings)) };
  return { blob: new Blob(runAsJson(origin, frames), { type: "application/json" }), name: "run.json" };
}

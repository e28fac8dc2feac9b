// A film of the run: GIF, which every program shows, or MP4 and WebM where the browser encodes them (WebCodecs).
import { GIFEncoder, applyPalette, quantize } from "gifenc/dist/gifenc.esm.js";
import { BufferTarget, CanvasSource, canEncodeVideo, Mp4OutputFormat, Output, QUALITY_HIGH, WebMOutputFormat, type VideoCodec } from "mediabunny";

export type FilmKind = "gif" | "mp4" | "webm";

export interface Film {
  width: number;
  height: number;
  count: number;
  /** Seconds. */
  pace: number;
  draw(index: number): HTMLCanvasElement;
  /** Called before each frame; it may throw to end the film. */
  progress(done: number): Promise<void>;
}

/** How long the last frame stays, at least. */
const REST = 2;
/** Frames a second of a video: programs that cut films stumble over frames that last a second. */
const RATE = 10;
const CODECS: Record<"mp4" | "webm", VideoCodec[]> = { mp4: ["avc", "hevc", "av1", "vp9"], webm: ["vp9", "vp8", "av1"] };
const MOST_COLOURS = 256;

const secondsOf = (film: Film, index: number) => (index === film.count - 1 ? Math.max(REST, film.pace) : film.pace);

async function codecFor(kind: "mp4" | "webm", width: number, height: number) {
  for (const codec of typeof VideoEncoder === "undefined" ? [] : CODECS[kind]) {
    if (await canEncodeVideo(codec, { width, height, bitrate: QUALITY_HIGH }).catch(() => false)) return codec;
  }
  return null;
}

/** The kinds of film that this browser can write at this size; GIF is always one. */
export async function filmKinds(width: number, height: number): Promise<FilmKind[]> {
  const kinds: FilmKind[] = [];
  for (const kind of ["mp4", "webm"] as const) if (await codecFor(kind, width, height)) kinds.push(kind);
  return [...kinds, "gif"];
}

async function gif(film: Film) {
  const encoder = GIFEncoder();
  for (let index = 0; index < film.count; index++) {
    await film.progress(index);
    const canvas = film.draw(index);
    const { data } = canvas.getContext("2d", { willReadFrequently: true })?.getImageData(0, 0, film.width, film.height) ?? {};
    if (!data) throw new Error("This browser has no room for a film of this size. Choose a smaller one.");
    const palette = quantize(data, MOST_COLOURS);
    encoder.writeFrame(applyPalette(data, palette), film.width, film.height, { palette, delay: Math.round(1000 * secondsOf(film, index)), repeat: 0 });
  }
  encoder.finish();
  return new Blob([encoder.bytes() as Uint8Array<ArrayBuffer>], { type: "image/gif" });
}

async function video(film: Film, kind: "mp4" | "webm") {
  const codec = await codecFor(kind, film.width, film.height);
  if (!codec) throw new Error(`This browser cannot write ${kind === "mp4" ? "MP4" : "WebM"}. Choose GIF.`);
  const target = new BufferTarget();
  const output = new Output({ format: kind === "mp4" ? new Mp4OutputFormat() : new WebMOutputFormat(), target });
  const sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [film.width, film.height];
  const source = new CanvasSource(sheet, { codec, bitrate: QUALITY_HIGH, keyFrameInterval: 2 });
  output.addVideoTrack(source, { frameRate: RATE });
  await output.start();
  try {
    let at = 0;
    for (let index = 0; index < film.count; index++) {
      await film.progress(index);
      sheet.getContext("2d")?.drawImage(film.draw(index), 0, 0);
      const copies = Math.max(1, Math.round(secondsOf(film, index) * RATE));
      for (let copy = 0; copy < copies; copy++, at++) await source.add(at / RATE, 1 / RATE);
    }
    await output.finalize();
  } catch (error) {
    await output.cancel().catch(() => {});
    throw error;
  }
  if (!target.buffer) throw new Error("The film came out empty.");
  return new Blob([target.buffer], { type: kind === "mp4" ? "video/mp4" : "video/webm" });
}

export const writeFilm = (film: Film, kind: FilmKind) => (kind === "gif" ? gif(film) : video(film, kind));

// What a visitor gives becomes the numbers that an input takes.
import { pictureShape, SCALES, type Giving, type OnnxPort, type PictureShape, type Scale } from "../kit/onnx";
import { Refusal } from "./refusal";

const product = (shape: readonly number[]) => shape.reduce((all, size) => all * size, 1);

/** What suits an input about which nothing is said. */
export function suiting(port: OnnxPort, shape: readonly number[]): Giving {
  if (port.kind === "float" && pictureShape(shape)) return { kind: "picture", scale: SCALES.unit, invert: false };
  if (/mask/i.test(port.name)) return { kind: "ones" };
  return port.kind.startsWith("float") ? { kind: "random", seed: 1 } : { kind: "zeros" };
}

/** Numbers between −1 and 1 by a seed (mulberry32). */
export function random(seed: number, count: number) {
  let state = seed | 0;
  return Float32Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * 2 - 1;
  });
}

/** Pixels as an input's numbers: each channel on its own scale, one channel from the luminance. */
export function pixelsOf({ data }: ImageData, { layout, channels, height, width }: PictureShape, { mean, deviation }: Scale, invert: boolean) {
  const values = new Float32Array(channels * height * width);
  for (let at = 0; at < height * width; at++) {
    const [red, green, blue] = [data[4 * at], data[4 * at + 1], data[4 * at + 2]];
    for (let channel = 0; channel < channels; channel++) {
      const level = (channels === 1 ? 0.299 * red + 0.587 * green + 0.114 * blue : [red, green, blue][channel]) / 255;
      const scaled = ((invert ? 1 - level : level) - (mean[channel] ?? mean[0])) / (deviation[channel] ?? deviation[0]);
      values[layout === "NCHW" ? channel * height * width + at : at * channels + channel] = scaled;
    }
  }
  return values;
}

/** Pixels a side of what the page shows at most. */
const SHOWN = 900;

/** A picture as the page shows it, upright and in its own shape. */
export async function shown(picture: Blob | ImageData) {
  if (picture instanceof ImageData) return picture;
  const { width, height } = await decoded(picture);
  const scale = Math.min(1, SHOWN / Math.max(width, height));
  return resized(picture, Math.max(1, Math.round(scale * width)), Math.max(1, Math.round(scale * height)));
}

async function decoded(picture: Blob | ImageData, options: ImageBitmapOptions = {}) {
  return createImageBitmap(picture, options).catch(() => {
    throw new Refusal("bad-picture", "the browser cannot decode it");
  });
}

/** A picture in an input's size, whatever its own. */
async function resized(picture: Blob | ImageData, width: number, height: number) {
  const bitmap = await decoded(picture, { resizeWidth: width, resizeHeight: height, resizeQuality: "high" });
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context?.drawImage(bitmap, 0, 0);
  bitmap.close();
  const pixels = context?.getImageData(0, 0, width, height);
  if (!pixels) throw new Refusal("bad-picture", "the browser gives no pixels");
  return pixels;
}

function fromJson(text: string, count: number, name: string) {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw new Refusal("bad-numbers", `${name} is no JSON (${(error as Error).message})`);
  }
  const flat = [read].flat(Infinity).map(Number);
  if (flat.some(Number.isNaN)) throw new Refusal("bad-numbers", `${name} holds something that is no number`);
  if (flat.length !== count) throw new Refusal("bad-numbers", `${name} takes ${count} numbers, not ${flat.length}`);
  return Float32Array.from(flat);
}

/** The numbers for one input. */
export async function numbersOf(port: OnnxPort, shape: readonly number[], giving: Giving, given: Blob | ImageData): Promise<Float32Array> {
  const count = product(shape);
  switch (giving.kind) {
    case "zeros":
      return new Float32Array(count);
    case "ones":
      return new Float32Array(count).fill(1);
    case "random": {
      const numbers = random(giving.seed, count);
      return port.kind.startsWith("float") ? numbers : numbers.map((value) => (value > 0 ? 1 : 0));
    }
    case "json":
      return fromJson(giving.text, count, port.name);
    case "tokens": {
      if (!giving.ids) throw new Refusal("no-vocabulary", `${port.name} takes token numbers`);
      const numbers = new Float32Array(count);
      numbers.set(giving.ids.slice(0, count));
      return numbers;
    }
    case "picture": {
      const picture = pictureShape(shape);
      if (!picture) throw new Refusal("bad-numbers", `${port.name} (${shape.join("×")}) takes no picture`);
      return pixelsOf(await resized(given, picture.width, picture.height), picture, giving.scale, giving.invert);
    }
  }
}

/** A copy of a picture's numbers with one place of a grid greyed: each channel gets its mean over the picture. */
export function greyed(values: Float32Array, { layout, channels, height, width }: PictureShape, row: number, col: number, side: number) {
  const copy = values.slice();
  const at = (channel: number, y: number, x: number) => (layout === "NCHW" ? (channel * height + y) * width + x : (y * width + x) * channels + channel);
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) sum += values[at(channel, y, x)];
    const mean = sum / (height * width);
    for (let y = Math.floor((row * height) / side); y < ((row + 1) * height) / side; y++) {
      for (let x = Math.floor((col * width) / side); x < ((col + 1) * width) / side; x++) copy[at(channel, y, x)] = mean;
    }
  }
  return copy;
}

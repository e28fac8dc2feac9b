// Handwritten digits as inputs: the samples, a digit cut out of a picture, and ink as the core reads it.
import type { Picture } from "../kit/types";

export const DIGIT = 28;
/** How many samples there are. */
export const SAMPLES = 50;
const ACROSS = 10;

let samples: Promise<Float32Array> | undefined;

async function readSamples() {
  const image = new Image();
  image.src = new URL("samples/digits.png", document.baseURI).href;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = ACROSS * DIGIT;
  canvas.height = (SAMPLES / ACROSS) * DIGIT;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return Float32Array.from({ length: SAMPLES * DIGIT * DIGIT }, (_, at) => {
    const [sample, pixel] = [Math.floor(at / (DIGIT * DIGIT)), at % (DIGIT * DIGIT)];
    const x = (sample % ACROSS) * DIGIT + (pixel % DIGIT);
    const y = Math.floor(sample / ACROSS) * DIGIT + Math.floor(pixel / DIGIT);
    return data[4 * (y * canvas.width + x)] / 255;
  });
}

/** The sample digits [50, 28, 28], 1 is ink; the first ten are 0 to 9. */
export const fetchDigits = () => (samples ??= readSamples());

/** The digit [28, 28] in the middle of a picture. */
export function cutOut({ width, height, values }: Picture) {
  const [left, top] = [(width - DIGIT) / 2, (height - DIGIT) / 2];
  return Float32Array.from({ length: DIGIT * DIGIT }, (_, at) => values[(top + Math.floor(at / DIGIT)) * width + left + (at % DIGIT)]);
}

/** Ink [side, side], 0..1, as a dark drawing on white. */
export function darkOnWhite(values: Float32Array, side: number): ImageData {
  const data = new Uint8ClampedArray(4 * values.length).fill(255);
  values.forEach((value, at) => data.fill(Math.round(255 * (1 - value)), 4 * at, 4 * at + 3));
  return new ImageData(data, side);
}

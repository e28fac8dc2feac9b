// The first step of DRAW and the window it writes through, as directly as it can be written with ONNX Runtime Web.
import { NOISE } from "./noise.js";
import { run, session, shown } from "./runtime.js";

const SIDE = 28;
/** The canvas before the first step, in logits. */
const BLANK = -3.142611265182495;

const decoder = await session("draw-mnist/decoder.onnx");
const blank = new Float32Array(SIDE * SIDE).fill(BLANK);
const { canvas_out: drawn, write_window: window, patch } = await run(decoder, { z: Float32Array.from(NOISE), canvas: blank });

const canvas = document.querySelector("canvas");
const context = canvas.getContext("2d");
const pixels = new ImageData(SIDE, SIDE);
drawn.data.forEach((logit, i) => pixels.data.set([255, 255, 255, 255 / (1 + Math.exp(-logit))], 4 * i));
const small = new OffscreenCanvas(SIDE, SIDE);
small.getContext("2d").putImageData(pixels, 0, 0);
context.drawImage(small, 0, 0, canvas.width, canvas.height);
const scale = canvas.width / SIDE;
const [x, y, delta] = window.data;
const half = (Math.sqrt(patch.data.length) * delta) / 2;
context.strokeRect((x + 0.5 - half) * scale, (y + 0.5 - half) * scale, 2 * half * scale, 2 * half * scale);
shown(window.data);

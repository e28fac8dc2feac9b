// Attention over a photo, composited by the GPU at the stage's own size, with the core's shader. Without a GPU, or while it is made
// ready, the stage draws by heat.ts; a "heat" event tells when that changes.
import shader from "../../src/picture/heat.wgsl?raw";
import { linkedChoice } from "../kit/link";
import { anchorsOf } from "./colour";
import type { Gaze, Look } from "./heat";

/** The lines on which heat.wgsl seeks the greatest weight. */
const LINES = 112;
/** The most places that a grid may have. */
const PLACES = 4096;
/** The anchors of a colour map. */
const ANCHORS = 17;

/** What is kept for a canvas of the page: the GPU's picture of it, and the photo as it last lay there. */
interface Layer {
  context: GPUCanvasContext;
  canvas: HTMLCanvasElement;
  photo?: CanvasImageSource;
  /** The photo on the GPU, and what the shader reads. */
  bound?: { texture: GPUTexture; group: GPUBindGroup };
}

/** A device with the shader's two passes. */
class Painter {
  readonly device: GPUDevice;
  readonly #lines: GPUComputePipeline;
  readonly #picture: GPURenderPipeline;
  readonly #look: GPUBuffer;
  readonly #weights: GPUBuffer;
  readonly #colours: GPUBuffer;
  readonly #peaks: GPUBuffer;
  readonly #lineGroup: GPUBindGroup;
  readonly #layers = new WeakMap<HTMLCanvasElement, Layer>();

  constructor(device: GPUDevice, lines: GPUComputePipeline, picture: GPURenderPipeline) {
    [this.device, this.#lines, this.#picture] = [device, lines, picture];
    const buffer = (numbers: number, usage: number) => device.createBuffer({ size: 4 * numbers, usage: usage | GPUBufferUsage.COPY_DST });
    this.#look = buffer(8, GPUBufferUsage.UNIFORM);
    this.#weights = buffer(PLACES, GPUBufferUsage.STORAGE);
    this.#colours = buffer(ANCHORS * 3, GPUBufferUsage.STORAGE);
    this.#peaks = buffer(LINES, GPUBufferUsage.STORAGE);
    this.#lineGroup = this.#group(lines, [[0, this.#look], [1, this.#peaks], [2, this.#weights]]);
  }

  #group(pipeline: GPUPipelineBase, bound: [number, GPUBuffer | GPUTexture][]) {
    const entries = bound.map(([binding, one]) => ({ binding, resource: one instanceof GPUTexture ? one.createView() : { buffer: one } }));
    return this.device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  }

  #layer(stage: HTMLCanvasElement): Layer {
    const known = this.#layers.get(stage);
    if (known) return known;
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("webgpu") as GPUCanvasContext | null;
    if (!context) throw new Error("no canvas for WebGPU");
    context.configure({ device: this.device, format: navigator.gpu.getPreferredCanvasFormat(), alphaMode: "premultiplied" });
    const layer = { context, canvas };
    this.#layers.set(stage, layer);
    return layer;
  }

  /** What the shader reads to draw a layer. The photo comes from the stage, where it was drawn at its best, unless it is there from before. */
  #bind(layer: Layer, stage: HTMLCanvasElement, photo: CanvasImageSource) {
    const { width, height } = stage;
    const { canvas } = layer;
    const resized = canvas.width !== width || canvas.height !== height;
    if (layer.bound && !resized && layer.photo === photo) return layer.bound.group;
    if (!layer.bound || resized) {
      layer.bound?.texture.destroy();
      [canvas.width, canvas.height] = [width, height];
      const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT;
      const texture = this.device.createTexture({ size: [width, height], format: "rgba8unorm", usage });
      layer.bound = { texture, group: this.#group(this.#picture, [[0, this.#look], [2, this.#weights], [3, this.#colours], [4, this.#peaks], [6, texture]]) };
    }
    const { texture, group } = layer.bound;
    this.device.queue.copyExternalImageToTexture({ source: stage }, { texture, premultipliedAlpha: true }, [width, height]);
    layer.photo = photo;
    return group;
  }

  draw(stage: HTMLCanvasElement, photo: CanvasImageSource, { rows, cols, weights }: Gaze, { map, opacity }: Look) {
    const layer = this.#layer(stage);
    const group = this.#bind(layer, stage, photo);
    const { queue } = this.device;
    queue.writeBuffer(this.#look, 0, new Uint32Array([rows, cols, stage.height, stage.width]));
    queue.writeBuffer(this.#look, 16, new Float32Array([opacity]));
    queue.writeBuffer(this.#weights, 0, Float32Array.from(weights));
    queue.writeBuffer(this.#colours, 0, anchorsOf(map).map((channel) => channel / 255));
    const encoder = this.device.createCommandEncoder();
    const lines = encoder.beginComputePass();
    lines.setPipeline(this.#lines);
    lines.setBindGroup(0, this.#lineGroup);
    lines.dispatchWorkgroups(1);
    lines.end();
    const view = layer.context.getCurrentTexture().createView();
    const picture = encoder.beginRenderPass({ colorAttachments: [{ view, loadOp: "clear", storeOp: "store" }] });
    picture.setPipeline(this.#picture);
    picture.setBindGroup(0, group);
    picture.draw(3);
    picture.end();
    queue.submit([encoder.finish()]);
    return layer.canvas;
  }

  /** Whether this browser hands on what the GPU drew: a white dot under all of its heat is yellow. */
  proves() {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    const context = canvas.getContext("2d");
    if (!context) return false;
    const gaze = { rows: 1, cols: 1, weights: new Float32Array([1]) };
    context.drawImage(this.draw(canvas, canvas, gaze, { map: "viridis", opacity: 1 }), 0, 0);
    const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
    return red > 240 && green > 220 && blue < 50 && alpha === 255;
  }
}

let painter: Painter | null = null;
/** What the page's address asked for when the GPU was last asked for. */
let asked: string | undefined;

/** Draws with this one from now on. */
function take(next: Painter | null) {
  if (painter !== next) painter?.device.destroy();
  painter = next;
  document.documentElement.dataset.heat = next ? "gpu" : "2d";
}

/** Whether an adapter is software; older browsers say so on the adapter itself. */
const isSoftware = (adapter: GPUAdapter & { isFallbackAdapter?: boolean }) => adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false;

async function open(wish: "auto" | "force") {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter || (isSoftware(adapter) && wish !== "force")) return;
  const device = await adapter.requestDevice();
  device.addEventListener("uncapturederror", (event) => {
    event.preventDefault();
    device.destroy();
  });
  try {
    const module = device.createShaderModule({ code: shader });
    const targets = [{ format: navigator.gpu.getPreferredCanvasFormat() }];
    const [lines, picture] = await Promise.all([
      device.createComputePipelineAsync({ layout: "auto", compute: { module } }),
      device.createRenderPipelineAsync({ layout: "auto", vertex: { module }, fragment: { module, targets } }),
    ]);
    const next = new Painter(device, lines, picture);
    const redraw = () => dispatchEvent(new Event("heat"));
    void device.lost.then(() => {
      if (painter !== next) return;
      take(null);
      redraw();
    });
    if (!next.proves() || wish !== asked) return device.destroy();
    take(next);
    redraw();
  } catch {
    device.destroy();
  }
}

/**
 * The photo under its heatmap, to be drawn over the stage in this very task; null where the stage must draw by itself.
 * @param stage holds the photo and nothing else
 * @param photo must be another object when it shows something else
 */
export function heatOnGpu(stage: HTMLCanvasElement, photo: CanvasImageSource, gaze: Gaze, look: Look) {
  const wish = linkedChoice("gpu", ["auto", "force", "off"] as const, "auto");
  if (wish !== asked) {
    asked = wish;
    take(null);
    // Without a GPU there is nothing to say: the stage draws without one.
    if (wish !== "off") open(wish).catch(() => {});
  }
  const { maxTextureDimension2D = 0 } = painter?.device.limits ?? {};
  if (!painter || gaze.weights.length > PLACES || Math.max(stage.width, stage.height) > maxTextureDimension2D) return null;
  try {
    return painter.draw(stage, photo, gaze, look);
  } catch {
    take(null);
    return null;
  }
}

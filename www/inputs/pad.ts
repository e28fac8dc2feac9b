// The pad: a digit drawn with mouse, pen or finger. Strokes are kept on a 64×64 raster, so they fit into a link.
import { ink } from "../stage/colour";
import { fitted } from "../stage/raster";
import { StrokePad, letterOf, valueOf } from "./strokes";

const RASTER = 64;
/** A seven, for a pad nobody has drawn on. */
const SEVEN = "PQXQfQnQvQtXpfmnixg5.YikiqhwhE";

export type Stroke = import("./strokes").Stroke;

const decode = (text: string): Stroke[] => text.split(".").map((stroke) => (stroke.match(/../g) ?? []).map(([x, y]) => [valueOf(x), valueOf(y)]));

const level = (share: number) => Math.round(share * (RASTER - 1));

export class Pad extends StrokePad {
  /** Something was drawn, or taken back: this is no longer the sample. */
  own: boolean;

  constructor(canvas: HTMLCanvasElement, linked: string | null, changed: () => void) {
    super(canvas, decode(linked ?? SEVEN), changed, { place: (across, down) => [level(across), level(down)], apart: 1.5 });
    this.own = linked !== null;
  }

  get text() {
    return this.strokes.map((stroke) => stroke.map(([x, y]) => letterOf(x) + letterOf(y)).join("")).join(".");
  }

  begin() {
    if (!this.own) this.strokes = [];
    this.own = true;
  }

  undo() {
    this.own = true;
    super.undo();
  }

  clear() {
    this.own = true;
    super.clear();
  }

  #draw(context: CanvasRenderingContext2D, side: number, colour: string) {
    context.strokeStyle = colour;
    context.lineWidth = side * 0.085;
    context.lineCap = context.lineJoin = "round";
    const scale = side / (RASTER - 1);
    for (const stroke of this.strokes) {
      if (stroke.length === 0) continue;
      context.beginPath();
      context.moveTo(stroke[0][0] * scale, stroke[0][1] * scale);
      for (const [x, y] of stroke) context.lineTo(x * scale, y * scale + 0.01);
      context.stroke();
    }
  }

  paint() {
    const { context, width } = fitted(this.canvas);
    this.#draw(context, width, ink(this.own ? "--ink" : "--faint"));
  }

  /** Bright ink on a dark ground, as MNIST has it. */
  drawing(): {width: number, height: number, data: Uint8ClampedArray} {
    const side = 280;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = side;
    const context = (canvas.getContext("2d") as CanvasRenderingContext2D);
    context.fillStyle = "#000";
    context.fillRect(0, 0, side, side);
    this.#draw(context, side, "#fff");
    return { width: side, height: side, data: context.getImageData(0, 0, side, side).data };
  }
  /** The digit as MNIST has its own: ink [28, 28], 0..1, within the middle twenty pixels. */
  digit() {
    const { width, height, data } = this.drawing();
    const large = document.createElement("canvas");
    [large.width, large.height] = [width, height];
    large.getContext("2d")?.putImageData(new ImageData((data as Uint8ClampedArray<ArrayBuffer>), width, height), 0, 0);
    const small = document.createElement("canvas");
    small.width = small.height = 28;
    const context = (small.getContext("2d") as CanvasRenderingContext2D);
    context.imageSmoothingQuality = "high";
    context.drawImage(large, 4, 4, 20, 20);
    const pixels = context.getImageData(0, 0, 28, 28).data;
    return Float32Array.from({ length: 28 * 28 }, (_, at) => pixels[4 * at] / 255);
  }
}

// The pad: a digit drawn with mouse, pen, finger or keyboard. Strokes are kept on a 64×64 raster, so they fit into a link.
import { byId } from "../kit/dom";
import { complain } from "../kit/notice";
import { ink } from "../stage/colour";
import { fitted } from "../stage/raster";
import { letterOf, StrokePad, valueOf, type Stroke } from "./strokes";

const RASTER = 64;
/** The side of the picture that the core gets, in pixels. */
const SIDE = 280;
const DIGIT = 28;
/** A seven, for a pad that nobody has drawn on. */
const SEVEN = "PQXQfQnQvQtXpfmnixg5.YikiqhwhE";

const decode = (text: string): Stroke[] => text.split(".").map((stroke) => (stroke.match(/../g) ?? []).map(([x, y]) => [valueOf(x), valueOf(y)]));

const level = (share: number) => Math.round(share * (RASTER - 1));

/** Whether this browser gives back what was drawn: some put noise in its place, so that no site can tell devices apart by it. */
function readsBack() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 8;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.fillStyle = "#000";
  context.fillRect(0, 0, 8, 8);
  context.fillStyle = "#fff";
  context.fillRect(4, 0, 4, 8);
  const { data } = context.getImageData(0, 0, 8, 8);
  return data.every((value, i) => value === (i % 4 === 3 || (i >> 2) % 8 > 3 ? 255 : 0));
}

export interface PadEvents {
  /** The button that takes the drawing was pressed, and there is one. */
  use(): void;
  /** A stroke has been drawn or taken back. */
  changed?(): void;
  /** What the notice says where nothing is drawn. */
  empty: "no-digit" | "no-drawing";
}

/** The pad of `padForm`, with its buttons. */
export class Pad extends StrokePad {
  /** Whether it shows something of the visitor's, not the seven. */
  own: boolean;

  constructor(linked: string | null, private readonly events: PadEvents) {
    super(byId("pad", HTMLCanvasElement), decode(linked ?? SEVEN), () => events.changed?.(), { place: (across, down) => [level(across), level(down)], apart: 1.5, places: [RASTER / 2, RASTER / 2] });
    this.own = linked !== null;
    byId("use-drawing", HTMLButtonElement).addEventListener("click", () => this.use());
    byId("undo", HTMLButtonElement).addEventListener("click", () => this.undo());
    byId("clear", HTMLButtonElement).addEventListener("click", () => this.clear());
  }

  protected override use() {
    const { events } = this;
    if (this.empty) complain(events.empty);
    else if (!readsBack()) complain("canvas-noise");
    else events.use();
  }

  /** The strokes as a link carries them. */
  get text() {
    return this.strokes.map((stroke) => stroke.map(([x, y]) => letterOf(x) + letterOf(y)).join("")).join(".");
  }

  override begin() {
    if (!this.own) this.strokes = [];
    this.own = true;
  }

  override undo() {
    this.own = true;
    super.undo();
  }

  override clear() {
    this.own = true;
    super.clear();
  }

  paint() {
    const { context, width } = fitted(this.canvas);
    this.#draw(context, width, ink(this.own ? "--ink" : "--faint"));
  }

  /** The drawing as a picture. */
  drawing(): ImageData {
    return this.#onDark().getImageData(0, 0, SIDE, SIDE);
  }

  /** The digit as MNIST has its own: ink [28, 28], 0..1, within the middle twenty pixels. */
  digit() {
    const small = document.createElement("canvas");
    small.width = small.height = DIGIT;
    const context = small.getContext("2d") as CanvasRenderingContext2D;
    context.imageSmoothingQuality = "high";
    context.drawImage(this.#onDark().canvas, 4, 4, 20, 20);
    const pixels = context.getImageData(0, 0, DIGIT, DIGIT).data;
    return Float32Array.from({ length: DIGIT * DIGIT }, (_, at) => pixels[4 * at] / 255);
  }

  /** Bright ink on a dark ground, as MNIST has it. */
  #onDark() {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIDE;
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    context.fillStyle = "#000";
    context.fillRect(0, 0, SIDE, SIDE);
    this.#draw(context, SIDE, "#fff");
    return context;
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
}

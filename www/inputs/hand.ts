// A ruled pad for a few words by hand. Its strokes are in x-heights from the left end of the baseline, y up, and fit into a link.
import { ink } from "../stage/colour";
import { fitted } from "../stage/raster";
import { StrokePad, letterOf, valueOf, type Stroke } from "./strokes";

/** The pad's size, and where its baseline lies, in x-heights. */
const WIDTH = 22;
const HEIGHT = 5;
const BASELINE = 3.3;
/** How many steps of a link's numbers make one x-height; a number is two letters. */
const STEPS = 60;
const MOST = 64 * 64 - 1;

/** A distance from the pad's corner, in x-heights, as two letters. */
const encoded = (distance: number) => {
  const steps = Math.max(0, Math.min(MOST, Math.round(distance * STEPS)));
  return letterOf(steps >> 6) + letterOf(steps & 63);
};

const decoded = (pair: string) => (valueOf(pair[0]) * 64 + valueOf(pair[1])) / STEPS;

const strokesOf = (text: string): Stroke[] =>
  text
    .split(".")
    .map((stroke) => (stroke.match(/[\w-]{4}/g) ?? []).map((four): [number, number] => [decoded(four.slice(0, 2)), BASELINE - decoded(four.slice(2))]))
    .filter((stroke) => stroke.length > 0);

export class Hand extends StrokePad {
  /** The pad with the strokes of a link; `changed` is called when a stroke has been drawn or taken away, `used` when Enter is pressed. */
  constructor(canvas: HTMLCanvasElement, linked: string | null, changed: () => void, private readonly used: () => void) {
    super(canvas, strokesOf(linked ?? ""), changed, { place: (across, down) => [across * WIDTH, BASELINE - down * HEIGHT], apart: 0.12, places: [88, 20] });
  }

  protected override use() {
    this.used();
  }

  /** All strokes as a part of a link. */
  get text() {
    return this.strokes.map((stroke) => stroke.map(([x, y]) => encoded(x) + encoded(BASELINE - y)).join("")).join(".");
  }

  /** The strokes as a link would give them back, from the left end of the leftmost on. */
  shifted(): Stroke[] {
    const strokes = strokesOf(this.text);
    const left = Math.min(...strokes.flat().map(([x]) => x), WIDTH);
    return strokes.map((stroke) => stroke.map(([x, y]) => [x - left, y]));
  }

  override paint() {
    const { context, width, height, ratio } = fitted(this.canvas);
    const unit = width / WIDTH;
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = ink("--rule");
    context.lineWidth = ratio;
    for (const level of [BASELINE, BASELINE - 1]) {
      context.setLineDash(level === BASELINE ? [] : [4 * ratio, 4 * ratio]);
      context.beginPath();
      context.moveTo(0, (level * height) / HEIGHT);
      context.lineTo(width, (level * height) / HEIGHT);
      context.stroke();
    }
    context.setLineDash([]);
    context.strokeStyle = ink("--second");
    context.lineWidth = Math.max(1.5 * ratio, 0.13 * unit);
    for (const stroke of this.strokes) {
      context.beginPath();
      context.moveTo(stroke[0][0] * unit, (BASELINE - stroke[0][1]) * unit);
      for (const [x, y] of stroke) context.lineTo(x * unit, (BASELINE - y) * unit + 0.01);
      context.stroke();
    }
  }
}

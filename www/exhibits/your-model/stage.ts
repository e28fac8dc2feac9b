// The stage of "Your model": weights over a picture, or as a matrix; one map, or a small one for each head.
import { canvasOf } from "../../kit/dom";
import { gridOf, numberOf } from "../../kit/frame";
import { placesOf } from "../../kit/onnx";
import type { Frame, GridMap } from "../../kit/types";
import { colourTable } from "../../stage/colour";
import { fitted, inCell, inColours } from "../../stage/raster";

export interface View {
  view: "fit" | "picture" | "tokens" | "matrix";
  heads: "mean" | "each";
  /** Whose look it is. */
  row: number;
}

/** Maps that are drawn side by side at most. */
const MOST_HEADS = 64;

type Drawn = (context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number) => void;
type Size = { width: number; height: number };
/** The page's pictures are canvases. */
const sizeOf = (photo: CanvasImageSource): Size => photo as HTMLCanvasElement;

function meanOf(maps: readonly GridMap[]): GridMap {
  const [{ rows, cols }] = maps;
  const weights = new Float32Array(rows * cols);
  for (const map of maps) map.weights.forEach((weight, i) => (weights[i] += weight / maps.length));
  return { kind: "grid", name: "mean", rows, cols, weights };
}

/** The maps of a frame that are drawn. */
export function mapsOf(frame: Frame | undefined, heads: View["heads"]): GridMap[] {
  const maps = (frame?.maps ?? []).filter((map) => map.kind === "grid");
  if (maps.length < 2) return maps;
  return heads === "each" ? maps.slice(0, MOST_HEADS) : [meanOf(maps)];
}

/** The weights of one row; of one column's sum where a map is no attention but a picture's grid. */
export function rowOf({ rows, cols, weights }: GridMap, row: number) {
  const at = Math.min(row, rows - 1);
  return weights.subarray(at * cols, (at + 1) * cols);
}

/** A row's weights as a grid over a picture; nothing where they do not lie on one. */
function overPicture(frame: Frame, map: GridMap, row: number) {
  if (frame.words[0] === "occlusion") return map;
  const [height, width] = [numberOf(frame, "height"), numberOf(frame, "width")];
  const places = height && width ? placesOf(map.cols, height, width) : null;
  return places && { rows: places.rows, cols: places.cols, weights: rowOf(map, row).slice(places.before) };
}

/** The look of a row as a map of its own: over the picture where it lies on one, else over the columns. */
export function gazesOf(frame: Frame, row: number): Frame["maps"] {
  const [map] = mapsOf(frame, "mean");
  if (!map) return [];
  const gaze = overPicture(frame, map, row);
  if (gaze) return [{ kind: "grid", name: "alpha", ...gaze }];
  return [{ kind: "tokens", name: `Row ${row} looks`, tokens: Array.from({ length: map.cols }, (_, i) => `column ${i}`), weights: rowOf(map, row) }];
}

/** Weights as a small picture: places with little weight let the photo through. */
function heatOf({ rows, cols, weights }: Pick<GridMap, "rows" | "cols" | "weights">) {
  const image = new ImageData(cols, rows);
  const most = weights.reduce((one, other) => Math.max(one, other), 1e-9);
  const table = colourTable("viridis");
  weights.forEach((weight, at) => {
    const share = Math.max(0, weight / most);
    const level = 3 * Math.round(255 * share);
    image.data.set([table[level], table[level + 1], table[level + 2], 255 * (0.25 + 0.5 * share)], 4 * at);
  });
  return canvasOf(image);
}

function laid(photo: CanvasImageSource, frame: Frame, map: GridMap, row: number): Drawn | null {
  const gaze = overPicture(frame, map, row);
  if (!gaze) return null;
  return (context, x, y, width, height) => {
    context.drawImage(photo, x, y, width, height);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    context.drawImage(heatOf(gaze), x, y, width, height);
  };
}

const matrix = (map: GridMap): Drawn => (context, x, y, width, height) => {
  const most = map.weights.reduce((one, other) => Math.max(one, other), 1e-9);
  context.imageSmoothingEnabled = false;
  context.drawImage(inColours({ width: map.cols, height: map.rows, values: map.weights }, most), x, y, width, height);
  context.imageSmoothingEnabled = true;
};

/** What is drawn for each map, and the shape that it has. */
function drawings(frame: Frame, photo: CanvasImageSource | null, { view, heads, row }: View): { size: Size; all: Drawn[] } {
  const maps = mapsOf(frame, heads);
  if (maps.length === 0) {
    if (!photo) return { size: { width: 1, height: 1 }, all: [] };
    return { size: sizeOf(photo), all: [(context, x, y, width, height) => context.drawImage(photo, x, y, width, height)] };
  }
  const over = photo && view !== "matrix" ? maps.map((map) => laid(photo, frame, map, row)) : [];
  if (photo && over.length > 0 && over.every((one) => one !== null)) return { size: sizeOf(photo), all: over };
  const [{ rows, cols }] = maps;
  // A long row is drawn as a band that can be seen.
  return { size: { width: cols, height: Math.max(rows, cols / 8) }, all: maps.map(matrix) };
}

/** Columns and rows of so many cells of this shape in a box. */
function cellsOf(count: number, size: Size, width: number, height: number) {
  const ratio = size.width / size.height;
  let best = { across: 1, down: count, side: 0 };
  for (let across = 1; across <= count; across++) {
    const down = Math.ceil(count / across);
    const side = Math.min(width / across, (height / down) * ratio);
    if (side > best.side) best = { across, down, side };
  }
  return best;
}

function drawAll(context: CanvasRenderingContext2D, { size, all }: ReturnType<typeof drawings>, x: number, y: number, width: number, height: number) {
  const { across, down } = cellsOf(all.length, size, width, height);
  all.forEach((draw, i) => {
    const cell = inCell(size, x + ((i % across) * width) / across, y + (Math.floor(i / across) * height) / down, width / across, height / down);
    if (cell) draw(context, ...cell);
  });
}

export function drawMaps(canvas: HTMLCanvasElement, frame: Frame | undefined, photo: CanvasImageSource | null, view: View) {
  const { context, width, height } = fitted(canvas);
  if (!frame) {
    if (photo) drawAll(context, { size: sizeOf(photo), all: [(inside, ...cell) => inside.drawImage(photo, ...cell)] }, 0, 0, width, height);
    return;
  }
  drawAll(context, drawings(frame, photo, view), 0, 0, width, height);
}

export function drawThumbnail(context: CanvasRenderingContext2D, frame: Frame, photo: CanvasImageSource | null, x: number, y: number, width: number, height: number) {
  drawAll(context, drawings(frame, photo, { view: "fit", heads: "mean", row: 0 }), x, y, width, height);
}

/** What the canvas shows, in words. */
export function labelOf(frame: Frame | undefined, { heads }: View) {
  const first = gridOf(frame, "head 1");
  if (!frame || !first) return "The picture that the model is given";
  const count = frame.maps.length;
  const maps = count > 1 && heads === "each" ? `${count} heads` : count > 1 ? `the mean of ${count} heads` : "one map";
  return `${frame.words[0]}: ${maps}, ${first.rows} rows of ${first.cols} weights`;
}

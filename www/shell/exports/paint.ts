// A scene on a canvas.
import type { Item, Scene, TextItem } from "./scene";

function paintText(context: CanvasRenderingContext2D, { x, y, width, text, size, family, weight, italic, fill, struck, turn }: TextItem) {
  context.save();
  context.translate(x, y);
  context.rotate((turn * Math.PI) / 180);
  context.font = `${italic ? "italic " : ""}${weight} ${size}px ${family}`;
  context.textBaseline = "alphabetic";
  context.textAlign = "left";
  context.fillStyle = fill;
  if (struck) context.fillRect(0, -0.3 * size, width, Math.max(1, size / 16));
  // Screens round the widths of letters: a line takes what it took there.
  context.scale(Math.min(1.2, Math.max(0.5, width / (context.measureText(text).width || 1))), 1);
  context.fillText(text, 0, 0);
  context.restore();
}

function paintItem(context: CanvasRenderingContext2D, item: Item) {
  if (item.kind === "text") return paintText(context, item);
  const { x, y, width, height } = item;
  if (item.kind === "image") return context.drawImage(item.canvas, x, y, width, height);
  if (item.kind === "bar") {
    const colours = context.createLinearGradient(x, 0, x + width, 0);
    item.colours.forEach((colour, at) => colours.addColorStop(at / Math.max(1, item.colours.length - 1), colour));
    context.fillStyle = colours;
    return context.fillRect(x, y, width, height);
  }
  context.beginPath();
  context.roundRect(x, y, width, height, Math.min(item.radius, width / 2, height / 2));
  if (item.fill) {
    context.fillStyle = item.fill;
    context.fill();
  }
  if (!item.stroke) return;
  context.setLineDash(item.dashed ? [3 * item.line, 2 * item.line] : []);
  context.lineWidth = item.line;
  context.strokeStyle = item.stroke;
  context.stroke();
}

/** Paints a scene onto a canvas that is `scale` times as large; `width` and `height`, in the scene's pixels, where they are not its own. */
export function paint(canvas: HTMLCanvasElement, scene: Scene, scale: number, width = scene.width, height = scene.height) {
  [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser has no room for a picture of this size. Choose a smaller one.");
  context.fillStyle = scene.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  context.imageSmoothingQuality = "high";
  for (const item of scene.items) paintItem(context, item);
  return canvas;
}

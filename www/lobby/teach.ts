// The pages for teachers. A worksheet draws its still from the recorded run, and the QR code of the exhibit's address on this very host.
import "./teach.css";
import { render, svg } from "lit/html.js";
import { keepForOffline } from "../run/offline";
import { setUpPage } from "../shell/page-setup";
import { runOf } from "./stills";

/** Dots of a printer for each pixel of the page. */
const PRINT_RATIO = 3;
/** Modules of white around a QR code. */
const QUIET = 4;

/** Draws the still that a canvas names, at the step that its prediction begins with, or at the end. */
async function drawStill(canvas: HTMLCanvasElement) {
  const found = await runOf(canvas.dataset.still ?? "");
  if (!found) return;
  const { still, run } = found;
  const step = Number(canvas.dataset.step ?? run.frames.length);
  still.draw(canvas, run, Math.min(step, run.frames.length) - 1);
}

/** Draws a link as a QR code. */
async function drawLink(code: SVGSVGElement) {
  const address = new URL(code.dataset.link ?? "", location.href).href;
  const words = document.querySelector("#qr-link");
  if (words) words.textContent = address;
  const { encodeQR } = await import("qr");
  const rows = encodeQR(address, "raw", { border: QUIET });
  const path = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : []))).join("");
  code.setAttribute("viewBox", `0 0 ${rows.length} ${rows.length}`);
  render(svg`<path d=${path}></path>`, code);
}

async function openWorksheet(canvas: HTMLCanvasElement) {
  // Paper is white, and finer than a screen.
  document.documentElement.dataset.theme = "light";
  window.devicePixelRatio = PRINT_RATIO;
  document.querySelector("#print")?.addEventListener("click", () => print());
  const code = document.querySelector<SVGSVGElement>("#qr");
  // Without its run the still stays empty, and there is still a link to type.
  await Promise.all([drawStill(canvas).catch(() => {}), code && drawLink(code).catch(() => {})]);
  document.documentElement.dataset.state = "cached";
}

export async function open() {
  const canvas = document.querySelector<HTMLCanvasElement>("#still");
  if (canvas) await openWorksheet(canvas);
  else setUpPage();
  void keepForOffline();
}

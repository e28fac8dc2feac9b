// The start page: each exhibit plays a recorded run of its own while it is in view.
import "./start.css";
import { byId } from "../kit/dom";
import { samplePicture } from "../inputs/samples";
import { keepForOffline } from "../run/offline";
import { cachedRun, fetchOpenings } from "../run/recordings";
import { prefersStillness, setUpPage } from "../shell/page-setup";
import type { Still } from "../stage/still";

const modules = import.meta.glob<{ stills: readonly Still[] }>("../exhibits/*/still.ts");
/** Milliseconds a frame, where a still names no other. */
const PACE = 900;

/** The exhibit that a canvas names, and its still: "captions" the first, "captions-1" that of the exhibit's second entry. */
async function stillOf(name: string) {
  const [exhibit, entry] = name.split(/-(?=\d+$)/);
  const { stills } = await modules[`../exhibits/${exhibit}/still.ts`]();
  return { exhibit, still: stills[Number(entry ?? 0)] };
}

/** Whether the pictures stand still. */
let paused = false;

function offerPause() {
  const button = byId("pause", HTMLButtonElement);
  button.hidden = prefersStillness();
  button.addEventListener("click", () => {
    paused = !paused;
    button.setAttribute("aria-pressed", String(paused));
  });
}

/** Plays a still on its canvas; answers what draws it again, or nothing if its run cannot be had. */
async function perform(canvas: HTMLCanvasElement) {
  const { exhibit, still } = await stillOf(canvas.dataset.still ?? "");
  const [recording, photo] = await Promise.all([cachedRun(`${exhibit}.html`, still.settings), still.photo ? samplePicture(still.photo) : document.createElement("canvas")]);
  if (!recording) return null;
  const { frames } = recording;
  const said = canvas.closest("a")?.querySelector<HTMLElement>(".said");
  if (said && still.lang) said.lang = still.lang;
  let index = prefersStillness() ? frames.length - 1 : 0;
  const draw = () => {
    still.draw(canvas, { frames, photo }, index);
    if (said && still.said) said.textContent = still.said(frames, index);
  };
  draw();
  if (!prefersStillness()) {
    let visible = false;
    new IntersectionObserver(([entry]) => (visible = entry.isIntersecting)).observe(canvas);
    setInterval(() => {
      if (!visible || paused) return;
      index = (index + (still.stride ?? 1)) % frames.length;
      draw();
    }, still.pace ?? PACE);
  }
  return draw;
}

export async function open() {
  const drawn: (() => void)[] = [];
  const repaint = () => drawn.forEach((draw) => draw());
  setUpPage(repaint);
  offerPause();
  addEventListener("resize", repaint);
  for (const canvas of document.querySelectorAll<HTMLCanvasElement>("canvas[data-still]")) {
    // Without its run an exhibit still has its question and its link.
    const draw = await perform(canvas).catch(() => null);
    if (!draw) continue;
    drawn.push(draw);
    document.documentElement.dataset.frame = "1";
    document.documentElement.dataset.state = "cached";
  }
  await fetchOpenings();
  void keepForOffline();
}

// Which bird: two spatial transformers cut parts out of a photo, and three views name the species.
import "./style.css";
import { placesOfText, steerByClick } from "../../inputs/steering";
import { byId, fixed } from "../../kit/dom";
import { numberOf } from "../../kit/frame";
import { linked } from "../../kit/link";
import type { CoreSettings, Frame, Run, Settings } from "../../kit/types";
import type { Running } from "../../shell/exhibit-page";
import { PhotoPage } from "../../shell/photo-page";
import { birdsLesson } from "./lesson";
import { meta } from "./meta";
import { drawBird, drawThumbnail, drawWindow, windowsOf } from "./stage";

class Birds extends PhotoPage<typeof meta.settings> {
  readonly #canvas = byId("photo", HTMLCanvasElement);
  readonly #windows = ["first", "second"].map((id) => byId(id, HTMLCanvasElement));

  constructor() {
    super(meta);
    steerByClick(this.#canvas, this, (x, y) => {
      const covers = windowsOf(this.run?.frames.slice(0, this.player.index + 1) ?? []).map(([left, top, w, h]) => Math.abs(2 * x - 1 - left) <= w && Math.abs(2 * y - 1 - top) <= h);
      const names = ["the larger window", "the smaller window"].filter((_, i) => covers[i]);
      return names.length > 0 ? `in ${names.join(" and ")}` : "in no window";
    });
  }

  core({ fold }: Settings): CoreSettings {
    return { fold };
  }

  override sentence() {
    return this.frame?.words[0] ?? "";
  }

  override grew(run: Running) {
    const last = run.frames.at(-1);
    if (run.over && last) this.announce(`All views together: ${last.words[0]}`);
  }

  show(frame: Frame | undefined, { frames, photo }: Running) {
    if (!photo) return;
    const seen = frames.slice(0, frame?.step ?? 0);
    drawBird(this.#canvas, photo, seen);
    const areas = windowsOf(seen);
    this.#windows.forEach((canvas, i) => {
      canvas.closest("figure")?.style.setProperty("visibility", areas[i] ? "visible" : "hidden");
      if (areas[i]) drawWindow(canvas, photo, areas[i]);
    });
    byId("answer", HTMLElement).textContent = frame ? `${frame.ended ? "" : "so far: "}${frame.words[0]} · ${fixed(100 * (numberOf(frame, "share") ?? 0), 0)} %` : "";
    this.#canvas.setAttribute("aria-label", frame ? `The photo with ${areas.length} of 2 windows; together: ${frame.words[0]}` : "The photo");
  }

  thumbnail(context: CanvasRenderingContext2D, frame: Frame, run: Run, x: number, y: number, width: number, height: number) {
    if (run.photo) drawThumbnail(context, run.photo, frame, x, y, width, height);
  }

  lesson = birdsLesson;
}

export const open = () => new Birds().open(placesOfText(linked("steer")));

// What stands out: a coarse map of a photo, refined look by look; the object can be cut out and kept.
import "./style.css";
import { placesOfText, steerByClick } from "../../inputs/steering";
import { byId } from "../../kit/dom";
import { pictureOf } from "../../kit/frame";
import { weightSaid } from "../../kit/legend";
import { linked } from "../../kit/link";
import type { CoreSettings, Frame, Run, Settings } from "../../kit/types";
import type { Running } from "../../shell/exhibit-page";
import { PhotoPage } from "../../shell/photo-page";
import { drawPatch } from "../../stage/raster";
import { saliencyLesson } from "./lesson";
import { meta } from "./meta";
import { cutOut, drawSalient, drawThumbnail } from "./stage";

class Saliency extends PhotoPage<typeof meta.settings> {
  readonly #canvas = byId("photo", HTMLCanvasElement);
  readonly #change = byId("change", HTMLCanvasElement);
  readonly #beside = byId("beside", HTMLCanvasElement);

  constructor() {
    super(meta);
    steerByClick(this.#canvas, this, (x, y) => {
      const map = this.frame && pictureOf(this.frame, "map");
      return map && `stands out ${weightSaid(map.values[Math.floor(y * map.height) * map.width + Math.floor(x * map.width)])}`;
    });
  }

  core({ looks }: Settings): CoreSettings {
    return { looks };
  }

  override pressed(name: string) {
    if (name === "cut-out") void this.#saveCutOut();
    else super.pressed(name);
  }

  override grew(run: Running) {
    this.controls.show("cut-out", { disabled: run.frames.length === 0 });
    if (run.over && run.frames.length > 0) this.announce(`The map after ${run.frames.length - 1} looks`);
  }

  show(frame: Frame | undefined, { frames: [first], photo }: Running) {
    if (!photo) return;
    const { shown, glance } = this.values;
    drawSalient(this.#canvas, photo, frame, shown);
    byId("beside-figure", HTMLElement).hidden = !glance || !first;
    if (first) drawSalient(this.#beside, photo, first, shown);
    const change = frame && pictureOf(frame, "change_patch");
    byId("change-figure", HTMLElement).style.setProperty("visibility", change ? "visible" : "hidden");
    if (change) drawPatch(this.#change, change);
    this.#canvas.setAttribute("aria-label", frame && frame.step > 1 ? `What stands out after ${frame.step - 1} looks, and where it looked` : "What stands out at a glance");
  }

  thumbnail(context: CanvasRenderingContext2D, frame: Frame, run: Run, x: number, y: number, width: number, height: number) {
    if (run.photo) drawThumbnail(context, run.photo, frame, x, y, width, height);
  }

  lesson = saliencyLesson;

  async #saveCutOut() {
    const { run, frame } = this;
    const map = frame && pictureOf(frame, "map");
    if (!run?.photo || !map) return;
    const canvas = cutOut(run.photo, map);
    const { saveFile } = await import("../../shell/save-file");
    canvas.toBlob((blob) => blob && saveFile(blob, `glimpse-cut-out-${this.choice.name}.png`), "image/png");
  }
}

export const open = () => new Saliency().open(placesOfText(linked("steer")));

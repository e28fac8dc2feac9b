// DRAW: one glimpse at a time, it draws a digit from noise, or copies one.
import { acceptPictures } from "../../inputs/files";
import { Pad } from "../../inputs/pad";
import { byId } from "../../kit/dom";
import { pictureOf, windowOf } from "../../kit/frame";
import { linked } from "../../kit/link";
import type { CoreSettings, Frame, Input, Picture, Run, Settings } from "../../kit/types";
import { ExhibitPage } from "../../shell/exhibit-page";
import { drawPatch } from "../../stage/raster";
import { drawLesson } from "./lesson";
import { meta } from "./meta";
import { drawPane, drawThumbnail } from "./stage";
import "./style.css";

/** A canvas in its figure, which is hidden where it has nothing to show. */
class Pane {
  readonly canvas: HTMLCanvasElement;

  constructor(id: string) {
    this.canvas = byId(id, HTMLCanvasElement);
  }

  show(picture: Picture | undefined, draw: (canvas: HTMLCanvasElement, picture: Picture) => void) {
    (this.canvas.closest("figure") as HTMLElement).hidden = !picture;
    if (picture) draw(this.canvas, picture);
  }
}

class Draw extends ExhibitPage<typeof meta.settings> {
  readonly #target = new Pane("pane-target");
  readonly #drawn = new Pane("pane-canvas");
  readonly #glimpse = new Pane("pane-glimpse");
  readonly #patch = new Pane("pane-patch");
  /** A picture that was given, which stands in for the pad until something is drawn. */
  #given: Uint8Array | null = null;
  readonly #pad = new Pad(linked("drawing"), {
    use: () => this.#copy(null),
    changed: () => {
      this.#given = null;
      this.linkAll();
    },
    empty: "no-drawing",
  });

  constructor() {
    super(meta);
    acceptPictures((bytes) => this.#copy(bytes));
  }

  get #copies() {
    return this.values.mode === "reconstruct";
  }

  override settings(): Settings {
    const settings = super.settings();
    return this.#copies ? { ...settings, drawing: this.#given ? "a picture" : this.#pad.text } : settings;
  }

  core({ mode, model, seed }: Settings): CoreSettings {
    return { mode, model, seed };
  }

  async input(): Promise<Input> {
    return this.#copies ? (this.#given ?? this.#pad.drawing()) : undefined;
  }

  override isOwn() {
    return this.#copies && this.#given !== null;
  }

  override links() {
    return { drawing: this.#pad.own ? this.#pad.text : null };
  }

  override dress() {
    byId("drawing", HTMLElement).hidden = !this.#copies;
  }

  override pressed(name: string) {
    if (name !== "new-seed") return super.pressed(name);
    this.controls.set({ seed: crypto.getRandomValues(new Uint32Array(1))[0] % 100_000 });
    void this.changed({ live: true });
  }

  show(frame: Frame | undefined, run: Run) {
    if (!frame) return;
    const writes = windowOf(frame, "write");
    this.#drawn.show(pictureOf(frame, "canvas") ?? pictureOf(frame, "wall"), (canvas, picture) =>
      drawPane(canvas, picture, writes, "--accent", { x: pictureOf(frame, "filter_x"), y: pictureOf(frame, "filter_y") }),
    );
    this.#target.show(pictureOf(frame, "target"), (canvas, picture) =>
      drawPane(canvas, picture, windowOf(frame, "read"), "--second", { x: pictureOf(frame, "read_filter_x"), y: pictureOf(frame, "read_filter_y") }),
    );
    this.#glimpse.show(pictureOf(frame, "glimpse"), drawPatch);
    this.#patch.show(pictureOf(frame, "patch"), drawPatch);
    const shown = run.settings.mode === "wall" ? "64 samples of one network" : "what it has drawn";
    byId("canvas-caption", HTMLElement).textContent = writes ? `${shown}, and where it writes` : shown;
    this.#drawn.canvas.setAttribute("aria-label", `What it has drawn after ${frame.step} of ${frame.steps ?? run.frames.length} steps`);
  }

  thumbnail(context: CanvasRenderingContext2D, frame: Frame, _run: Run, x: number, y: number, width: number, height: number) {
    drawThumbnail(context, frame, x, y, width, height);
  }

  lesson = drawLesson;

  override sentence(run: Run) {
    return `DRAW, ${run.settings.model}, seed ${run.settings.seed}`;
  }

  /** Copies a picture, or what is on the pad. */
  #copy(given: Uint8Array | null) {
    this.#given = given;
    this.controls.set({ mode: "reconstruct" });
    void this.changed({ live: true });
  }
}

export function open() {
  return new Draw().open();
}

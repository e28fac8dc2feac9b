// Glimpses: a digit among clutter, read by eight looks through hard crops, and beside it through DRAW's Gaussian window.
import { SCENE, Scene, type Item } from "../../inputs/clutter";
import { cutOut } from "../../inputs/digits";
import { onDrag } from "../../inputs/drag";
import { acceptPictures } from "../../inputs/files";
import { keyed } from "../../inputs/keyed";
import { Pad } from "../../inputs/pad";
import { placed, placesAsText, placesOfText } from "../../inputs/steering";
import { byId, fixed } from "../../kit/dom";
import { pictureOf } from "../../kit/frame";
import { linked } from "../../kit/link";
import type { CoreSettings, Frame, Input, Picture, Run, Settings, Steer } from "../../kit/types";
import { ExhibitPage, type Running } from "../../shell/exhibit-page";
import { RingPrediction } from "../../shell/predict-ring";
import { answerOf } from "../../stage/digits";
import { glimpsesLesson } from "./lesson";
import { meta } from "./meta";
import { drawGlimpse, drawScene, drawThumbnail, gazeOf, middleOf } from "./stage";
import "./style.css";

const READERS = {
  ram: { name: "Hard crops", colour: "--accent", rival: "draw" },
  draw: { name: "Gaussian window", colour: "--second", rival: "ram" },
} as const;
type Reader = keyof typeof READERS;
type Place = [number, number];
/** The seed of the scene that a visitor sees first. */
const FIRST_SCENE = 12;

/** The reader that a run's frames are of. */
const readerOf = (run: Run) => run.settings.model as Reader;

/** A scene with the gaze of one reader over it. */
class Board {
  readonly canvas: HTMLCanvasElement;
  readonly figure: HTMLElement;
  readonly #name: HTMLElement;
  readonly #says: HTMLElement;
  readonly #seen: HTMLCanvasElement[];

  constructor(id: string) {
    this.canvas = byId(id, HTMLCanvasElement);
    this.figure = byId(`${id}-figure`, HTMLElement);
    this.#name = byId(`${id}-name`, HTMLElement);
    this.#says = byId(`${id}-says`, HTMLElement);
    this.#seen = [...byId(`${id}-seen`, HTMLElement).querySelectorAll("canvas")];
  }

  /** Shows the first `count` glimpses of a reader over the scene as it is edited, or as the frames have it. */
  show(reader: Reader, edited: Picture, frames: Frame[], count: number) {
    const frame = frames[count - 1];
    const { name, colour } = READERS[reader];
    this.#name.textContent = name;
    this.#says.textContent = frame ? answerOf(frame) : "";
    drawScene(this.canvas, (frame && pictureOf(frame, "scene")) ?? edited, frames.slice(0, count), colour);
    drawGlimpse(this.#seen, frame);
    const where = frame && middleOf(frame).map((value) => fixed(value, 0));
    this.canvas.setAttribute("aria-label", where ? `The scene; glimpse ${count} is at pixel ${where.join(", ")}` : "The scene");
  }
}

class Glimpses extends ExhibitPage<typeof meta.settings> {
  readonly #board = new Board("board");
  readonly #other = new Board("other");
  readonly #scene = new Scene();
  /** The strokes of the visitor's digit in the scene; null where it came from a picture. */
  #strokes: string | null = null;
  /** A picture of a digit, until the core has found the digit on it. */
  #given: Uint8Array | null = null;
  override readonly prediction = new RingPrediction(this, {
    canvas: this.#board.canvas,
    gaze: gazeOf,
    next: (frame) => `Where will glimpse ${frame.step} be?`,
    note: (x, y, frame) => {
      const [right, down] = middleOf(frame);
      return `Off by ${fixed(Math.hypot(x * SCENE - right, y * SCENE - down), 0)} pixels.`;
    },
    words: { what: "its sharpest view", where: "in your ring" },
  });
  readonly #pad = new Pad(linked("drawing"), { use: () => this.#edit(() => this.#putDrawing()), empty: "no-digit" });

  constructor() {
    super(meta);
    let held: { item: Item; from: Place } | undefined;
    const show = () => drawScene(this.#board.canvas, this.#edited(), [], READERS[this.values.model].colour);
    const look = (across: number, down: number) => {
      const [x, y] = inScene(across, down);
      this.steer(placed([x / SCENE, y / SCENE]), placesAsText);
    };
    onDrag(this.#board.canvas, {
      take: (across, down) => {
        const [x, y] = inScene(across, down);
        if (this.steering) look(across, down);
        else {
          const item = this.#scene.at(x, y);
          held = item && { item, from: [x - item.x, y - item.y] };
          if (held) this.player.stop();
          return held !== undefined;
        }
        return false;
      },
      move: (across, down) => {
        if (!held) return;
        const [x, y] = inScene(across, down);
        this.#scene.move(held.item, x - held.from[0], y - held.from[1]);
        show();
      },
      drop: () => this.#edit(() => {}),
    });
    this.#moveByKeys(show, look);
    acceptPictures((bytes) => {
      this.#given = bytes;
      void this.changed({ live: true });
    });
  }

  override async open(steers: Steer[] = []) {
    await this.#scene.load();
    const asked = linked("scene");
    if (asked === null) this.#scene.scatter(FIRST_SCENE);
    else this.#scene.text = asked;
    if (this.#scene.hasOwn) {
      this.#scene.own = this.#pad.digit();
      this.#strokes = this.#pad.text;
    }
    await super.open(steers);
  }

  override settings(): Settings {
    const { likeliest, ...settings } = super.settings();
    if (likeliest === "likeliest") settings.places = likeliest;
    if (this.#given) return { ...settings, scene: "a picture" };
    if (this.#scene.hasOwn) settings.drawing = this.#strokes ?? "a picture";
    return { ...settings, scene: this.#scene.text };
  }

  core({ model, seed, places }: Settings): CoreSettings {
    return { model, seed: seed ?? 1, likeliest: places === "likeliest" };
  }

  async input(): Promise<Input> {
    return this.#given ?? this.#scene.drawing();
  }

  override isOwn() {
    return this.#given !== null;
  }

  /** A digit from a picture cannot be told in a link. */
  /** Whether the address can say what is given. */
  get #isTold() {
    return !this.#given && (!this.#scene.hasOwn || this.#strokes !== null);
  }

  override given() {
    return this.#isTold ? null : ("no" as const);
  }

  override links() {
    const { hasOwn, text } = this.#scene;
    return { scene: this.#isTold ? text : null, drawing: this.#isTold && hasOwn ? this.#strokes : null };
  }

  override rival(run: Run) {
    return { model: READERS[readerOf(run)].rival };
  }

  override sentence(run: Run) {
    const last = run.frames.at(-1);
    return last ? answerOf(last) : "";
  }

  override pressed(name: string) {
    if (name === "new-scene") this.#edit(() => this.#scene.scatter(crypto.getRandomValues(new Uint32Array(1))[0]));
    else if (name === "more") this.#edit(() => this.#scene.clutter());
    else if (name === "less") this.#edit(() => this.#scene.tidy());
    else super.pressed(name);
  }

  override grew(run: Running) {
    this.#showOther(run, this.player.index + 1);
    const [first, last] = [run.frames[0], run.frames.at(-1)];
    if (this.#given && first) this.#adopt(first);
    if (run.over && last) this.announce(answerOf(last));
  }

  show(frame: Frame | undefined, run: Running) {
    this.#board.show(readerOf(run), this.#edited(), run.frames, frame?.step ?? 0);
    this.#showOther(run, frame?.step ?? 0);
  }

  thumbnail(context: CanvasRenderingContext2D, frame: Frame, _run: Run, x: number, y: number, width: number, height: number) {
    drawThumbnail(context, frame, x, y, width, height);
  }

  lesson = glimpsesLesson;

  /** Arrow keys move a piece of the scene, or, while steering is on, the place to look at. */
  #moveByKeys(show: () => void, look: (across: number, down: number) => void) {
    const scene = this.#scene;
    let chosen = 0;
    let moved = false;
    const item = () => scene.items[Math.min(chosen, scene.items.length - 1)];
    const told = () => {
      const { kind, x, y } = item();
      return `${kind === "piece" ? "clutter" : "the digit"}, ${Math.min(chosen, scene.items.length - 1) + 1} of ${scene.items.length}, left edge at pixel ${x} of ${SCENE}, upper edge at ${y}`;
    };
    const read = () => {
      if (moved) this.#edit(() => {});
      moved = false;
    };
    void keyed(
      this.#board.canvas,
      { how: () => (this.steering ? "Arrow keys move over the scene, Enter chooses where it looks." : null), keys: { Enter: look, " ": look } },
      {
        how: () => (scene.items.length > 0 ? "Arrow keys move a piece of the scene, Space takes the next piece, Enter has the scene read anew." : null),
        stride: (shift) => (shift ? 5 : 1),
        slides: (across, down) => {
          this.player.stop();
          scene.move(item(), item().x + across, item().y + down);
          moved = true;
          show();
          return told();
        },
        left: read,
        keys: {
          " ": () => {
            chosen = (chosen + 1) % scene.items.length;
            return told();
          },
          Enter: read,
        },
      },
    );
  }

  /** Its place is kept while it is awaited, so that the scene does not slip from under a pointer. */
  #showOther(run: Running, count: number) {
    const frames = this.other(run);
    this.#other.figure.hidden = !this.values.compare;
    this.#other.figure.style.visibility = frames?.length ? "visible" : "hidden";
    if (frames?.length) this.#other.show(READERS[readerOf(run)].rival, this.#edited(), frames, Math.min(count, frames.length));
  }

  /** The scene as it is being edited. */
  #edited(): Picture {
    return { name: "scene", width: SCENE, height: SCENE, values: this.#scene.pixels() };
  }

  /** Changes the scene, which is then read anew. */
  #edit(act: () => void) {
    this.#given = null;
    act();
    void this.changed({ live: true });
  }

  #putDrawing() {
    this.#strokes = this.#pad.text;
    this.#scene.put(this.#pad.digit());
  }

  /** The digit that the core found on a picture becomes one that can be moved. */
  #adopt(frame: Frame) {
    const found = pictureOf(frame, "scene");
    if (!found) return;
    this.#given = null;
    this.#strokes = null;
    this.#scene.putAlone(cutOut(found));
  }
}

/** A place on the board in pixels of the scene. */
function inScene(across: number, down: number): Place {
  const held = (share: number) => SCENE * Math.max(0, Math.min(1, share));
  return [held(across), held(down)];
}

export function open() {
  const page = new Glimpses();
  return page.open(page.values.model === "ram" ? placesOfText(linked("steer")) : []);
}

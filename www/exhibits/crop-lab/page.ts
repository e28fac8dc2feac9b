// The crops: a box on a picture has to find a patch, by a hard crop, by REINFORCE, by Gaussian filters or by bilinear sampling.
import { html, render } from "lit/html.js";
import { onDrag } from "../../inputs/drag";
import { keyed } from "../../inputs/keyed";
import { byId, fixed } from "../../kit/dom";
import { numberOf } from "../../kit/frame";
import { LatestRun } from "../../kit/latest-run";
import { linked } from "../../kit/link";
import type { CoreSettings, Frame, Run, Settings } from "../../kit/types";
import { isLocked } from "../../kit/view";
import type { Running } from "../../shell/exhibit-page";
import { PhotoPage } from "../../shell/photo-page";
import { areaOf, type Area } from "../../stage/boxes";
import { cropLesson } from "./lesson";
import { meta } from "./meta";
import starts from "./starts.json";
import { drawBoxes, drawShade, drawSurface, drawThumbnail } from "./stage";
import "./style.css";

const METHODS = {
  bilinear: { name: "Bilinear sampling", rival: "hard" },
  gaussian: { name: "Gaussian filters", rival: "hard" },
  reinforce: { name: "REINFORCE", rival: "hard" },
  hard: { name: "A hard crop", rival: "bilinear" },
} as const;
interface Start {
  label: string;
  /** The picture that it is about; any, where there is none. */
  sample?: string;
  /** Middle and half sides, in hundredths. */
  box: string;
  target: string;
  says: string;
}
const STARTS: readonly Start[] = starts;
/** Where the boxes lie at first. */
const [FIRST] = STARTS;

/** What a run's box is beside. */
const rivalOf = (run: Run) => METHODS[run.settings.method as keyof typeof METHODS].rival;

/** A box as a link has it, in hundredths; as at first where that says it wrongly. */
function areaFrom(text: string | null, otherwise: string) {
  const found = (text ?? "").split("_").map((part) => Math.round(Number(part)));
  const fits = found.length === 4 && found.every((value, i) => (i < 2 ? Math.abs(value) <= 100 : value >= 8 && value <= 100));
  return fits ? found : otherwise.split("_").map(Number);
}

const shares = (area: number[]) => area.map((value) => value / 100) as Area;

class CropLab extends PhotoPage<typeof meta.settings> {
  readonly #canvas = byId("photo", HTMLCanvasElement);
  /** In hundredths: middle and half sides. */
  readonly #areas = { box: areaFrom(linked("box"), FIRST.box), target: areaFrom(linked("target"), FIRST.target) };
  /** Whether the box goes down the loss, or stays where it is dragged. */
  #descends = linked("descend") !== "no";
  readonly #latest = new LatestRun(() => void this.live(1));

  constructor() {
    super(meta);
    /** From where in the box it was taken. */
    let held = [0, 0];
    const drag = (across: number, down: number) => {
      const on = (share: number, from: number) => Math.round(Math.max(-100, Math.min(100, 200 * share - 100 - from)));
      this.#held.splice(0, 2, on(across, held[0]), on(down, held[1]));
      this.#moved();
    };
    onDrag(this.#canvas, {
      take: (across, down) => {
        const [x, y] = [200 * across - 100, 200 * down - 100];
        const [left, top, w, h] = this.#held;
        held = Math.abs(x - left) <= w && Math.abs(y - top) <= h ? [x - left, y - top] : [0, 0];
        this.player.stop();
        drag(across, down);
        return true;
      },
      move: drag,
    });
    this.#moveByKeys();
  }

  /** A box as a handle for the keyboard. */
  #moveByKeys() {
    const told = () => {
      const [x, y, w] = this.#held;
      return `${this.values.moves === "box" ? "The box" : "The target"}: middle ${50 + x / 2} % across and ${50 + y / 2} % down, ${w} % of the picture wide.`;
    };
    const sized = (by: number) => () => {
      const { min, max } = meta.settings.size;
      const size = Math.max(min, Math.min(max, this.#held[2] + by));
      this.#held.splice(2, 2, size, size);
      this.#moved();
      return told();
    };
    void keyed(this.#canvas, {
      how: () => `Arrow keys move ${this.values.moves === "box" ? "the box" : "the target"}, Shift moves it more, + and − change its size, Space takes the other one, Enter begins the descent.`,
      stride: (shift) => (shift ? 10 : 2),
      slides: (across, down) => {
        const [x, y] = this.#held;
        const on = (middle: number) => Math.max(-100, Math.min(100, middle));
        this.player.stop();
        this.#held.splice(0, 2, on(x + across), on(y + down));
        this.#moved();
        return told();
      },
      keys: {
        "+": sized(4),
        "-": sized(-4),
        " ": () => {
          this.controls.set({ moves: this.values.moves === "box" ? "target" : "box" });
          this.settingChanged("moves", true);
          return told();
        },
        Enter: () => this.runPressed(),
      },
    });
  }

  /** The box that a drag moves. */
  get #held() {
    return this.#areas[this.values.moves];
  }

  override settings(): Settings {
    return { ...super.settings(), box: this.#areas.box.join("_"), target: this.#areas.target.join("_"), descend: this.#descends ? "yes" : "no" };
  }

  core({ method, box, target, seed, descend }: Settings): CoreSettings {
    return { method, start: shares(areaFrom(String(box), FIRST.box)), target: shares(areaFrom(String(target), FIRST.target)), seed: seed ?? 1, descend: descend === "yes" };
  }

  /** The size is a part of its box. */
  override links() {
    const told = (name: "box" | "target") => {
      const text = this.#areas[name].join("_");
      return text === FIRST[name] ? null : text;
    };
    return { ...super.links(), box: told("box"), target: told("target"), descend: this.#descends ? null : "no", size: null };
  }

  override rival(run: Run) {
    return { method: rivalOf(run) };
  }

  override dress() {
    super.dress();
    this.controls.set({ size: this.#held[2] });
    this.#showStarts();
  }

  /** The starts that teach something, and what the present one teaches. */
  #showStarts() {
    const { box, target } = this.settings();
    const isHere = (start: Start) => start.box === box && start.target === target && (!start.sample || start.sample === this.choice.name);
    const here = STARTS.find(isHere);
    const button = (start: Start) => html`<button type="button" aria-pressed=${start === here} ?disabled=${isLocked("sample")} @click=${() => this.#startAt(start)}>${start.label}</button>`;
    render(html`<p id="starts" role="group" aria-label="Where the box starts">Start ${STARTS.map(button)}</p><p id="start-says" aria-live="polite">${here?.says}</p>`, byId("start", HTMLElement));
  }

  #startAt(start: Start) {
    Object.assign(this.#areas, { box: areaFrom(start.box, FIRST.box), target: areaFrom(start.target, FIRST.target) });
    if (start.sample) this.choice.takeSample(start.sample);
    this.dress();
    this.linkAll({ step: null });
    void this.changed({ live: true });
  }

  override settingChanged(name: string, settled: boolean) {
    if (name === "moves") {
      this.dress();
      this.linkAll();
    } else if (name !== "size") super.settingChanged(name, settled);
    else if (!settled) {
      this.#held.splice(2, 2, this.values.size, this.values.size);
      this.#moved();
    }
  }

  /** The run that the button begins is a descent, as is every other but that of a box that is being moved. */
  override runPressed() {
    void this.changed({ live: true });
  }

  override async changed(asked?: { live?: boolean }) {
    this.#latest.forget();
    this.#descends = true;
    await super.changed(asked);
  }

  override grew(run: Running) {
    this.#showOther(run);
    if (!run.over) return;
    const last = run.frames.at(-1);
    if (last) this.announce(`The loss is ${lossOf(last)}.`);
    this.#latest.over();
  }

  show(frame: Frame | undefined, run: Run) {
    if (run.photo) drawBoxes(this.#canvas, run.photo, frame ? areaOf(frame, "box") : shares(this.#areas.box), shares(this.#areas.target), frame);
    drawSurface(byId("surface", HTMLCanvasElement), run.frames.slice(0, frame?.step ?? 0));
    if (!frame) return;
    drawShade(byId("patch", HTMLCanvasElement), frame, "seen");
    drawShade(byId("wanted", HTMLCanvasElement), frame, "wanted");
  }

  thumbnail(context: CanvasRenderingContext2D, frame: Frame, _run: Run, x: number, y: number, width: number, height: number) {
    drawThumbnail(context, frame, x, y, width, height);
  }

  lesson = cropLesson;

  #showOther(run: Running) {
    const line = byId("other", HTMLElement);
    const frames = this.other(run);
    const [first, last] = [frames?.[0], frames?.at(-1)];
    line.hidden = !first || !last || !this.#descends;
    if (first && last) render(html`<small>${METHODS[rivalOf(run)].name} from the same place:</small> loss ${lossOf(first)} → ${lossOf(last)}`, line);
  }

  /** A box is being moved: what it sees there, without a descent. */
  #moved() {
    this.#latest.forget();
    this.#descends = false;
    this.dress();
    this.linkAll({ step: null });
    this.#latest.move();
  }
}

const lossOf = (frame: Frame) => fixed(numberOf(frame, "loss") ?? 0, 4);

export function open() {
  return new CropLab().open();
}

// Your model: an ONNX file in, its softmaxes out, one frame each.
import { html, render } from "lit/html.js";
import { acceptFiles } from "../../inputs/files";
import { byId, canvasOf, fixed } from "../../kit/dom";
import { complain } from "../../kit/notice";
import { tokensIn, type Giving, type OnnxFile, type OnnxInput } from "../../kit/onnx";
import type { CoreSettings, Engine, Frame, Input, Run, Settings } from "../../kit/types";
import { shippedFile } from "../../run/shipped";
import { ExhibitPage, type Running } from "../../shell/exhibit-page";
import { firstGiving, shapeOf, showGiven, type Given } from "./given";
import type { GraphView } from "./graph";
import { modelLesson } from "./lesson";
import { meta } from "./meta";
import { drawMaps, drawThumbnail, gazesOf, labelOf, mapsOf, rowOf, type View } from "./stage";
import "./style.css";

/** The files of the samples, as models/manifest.json calls them. */
const SAMPLES = { vit: ["vit-digits", "vit"], captioner: ["caption-soft", "step"] } as const;
/** The picture of the first sample: a digit of samples/digits.png in a scene as large as the network's. */
const SCENE = 42;
const DIGIT = 28;
const FIRST_DIGIT = 4;
const PLACE = { left: 9, top: 6 };
/** Places a side that are greyed. */
const GREYED = 7;

async function digitScene() {
  const image = new Image();
  image.src = new URL("samples/digits.png", document.baseURI).href;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SCENE;
  const context = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.fillRect(0, 0, SCENE, SCENE);
  context.drawImage(image, FIRST_DIGIT * DIGIT, 0, DIGIT, DIGIT, PLACE.left, PLACE.top, DIGIT, DIGIT);
  return context.getImageData(0, 0, SCENE, SCENE);
}

class YourModel extends ExhibitPage<typeof meta.settings> {
  /** The visitor's own files. */
  #model: File | null = null;
  #picture: File | null = null;
  #labels: string[] = [];
  #given: Given = { sizes: {}, byName: {}, text: "the cat sat on the mat", vocabulary: null };
  /** What the worker has read. */
  #file: OnnxFile | null = null;
  /** Loaded once a file has been read. */
  #graph: GraphView | null = null;

  constructor() {
    super(meta);
    if (this.values.model === "own") this.controls.set({ model: "vit" });
    acceptFiles((file) => void this.#take(file));
  }

  core({ occlude }: Settings): CoreSettings {
    return { occlude: occlude === "yes" };
  }

  async input(): Promise<Input> {
    const { model } = this.values;
    if (model === "own" && !this.#model) throw new Error("no model was dropped");
    const [folder, name] = SAMPLES[model === "own" ? "vit" : model];
    const file = model === "own" && this.#model ? this.#model : shippedFile(folder, name);
    const input: OnnxInput = {
      model: { name: file instanceof File ? file.name : `${name}.onnx`, file },
      sizes: this.#given.sizes,
      given: this.#givings(),
      picture: this.#picture ?? (await digitScene()),
      labels: this.#labels,
      occlude: GREYED,
    };
    return input;
  }

  override async photo() {
    // A picture of the visitor's own comes from the worker, upright.
    return this.values.model === "vit" && !this.#picture ? canvasOf(await digitScene()) : null;
  }

  override isOwn() {
    return this.values.model === "own" || this.#picture !== null || this.#labels.length > 0 || Object.keys(this.#given.byName).length > 0;
  }

  override settingChanged(name: string, settled: boolean) {
    if (name === "model") {
      this.#forget();
      if (this.values.model === "own" && !this.#model) {
        byId("file", HTMLInputElement).click();
        return;
      }
    }
    super.settingChanged(name, settled);
  }

  override refused() {
    this.#picture = null;
  }

  /** The worker has read a file, made it ready, or run it. */
  override told({ file }: Partial<Engine>) {
    if (!file) return;
    this.#file = file;
    this.#showGiven();
    this.repaint();
    // Without its file the model runs all the same.
    this.#showGraph().catch(() => {});
  }

  async #showGraph() {
    const { GraphView } = await import("./graph");
    this.#graph ??= new GraphView(byId("graph", HTMLElement));
    if (this.#file) this.#graph.show(this.#file);
  }

  override gazes(frame: Frame) {
    return gazesOf(frame, this.values.row);
  }

  override grew(run: Running) {
    if (run.over) this.announce(this.sentence(run));
  }

  override sentence(run: Run) {
    const [best] = run.frames.at(-1)?.choices ?? [];
    return best ? `“${best.word}”, ${fixed(100 * best.probability, 0)} %` : "";
  }

  override repaint() {
    super.repaint();
    this.#graph?.draw();
  }

  show(frame: Frame | undefined, run: Run) {
    const canvas = byId("maps", HTMLCanvasElement);
    const tokens = this.#tokens();
    const [map] = mapsOf(frame, "mean");
    const overTokens = map && tokens.length > 1 && (this.values.view === "tokens" || (this.values.view === "fit" && !run.photo)) && map.cols >= tokens.length;
    canvas.hidden = overTokens;
    const box = byId("tokens", HTMLElement);
    box.hidden = !overTokens;
    if (overTokens) this.#showTokens(box, tokens, rowOf(map, this.values.row));
    else {
      canvas.setAttribute("aria-label", labelOf(frame, this.#view));
      drawMaps(canvas, frame, run.photo, this.#view);
    }
    byId("answers", HTMLElement).textContent = frame ? this.sentence(run) : "";
  }

  thumbnail(context: CanvasRenderingContext2D, frame: Frame, run: Run, x: number, y: number, width: number, height: number) {
    drawThumbnail(context, frame, run.photo, x, y, width, height);
  }

  lesson = (frame: Frame) => modelLesson(frame, this.#file);

  get #view(): View {
    const { view, heads, row } = this.values;
    return { view, heads, row };
  }

  #forget() {
    this.#given = { ...this.#given, sizes: {}, byName: {} };
    this.#labels = [];
    this.#file = null;
  }

  /** What every input is given; the worker finds what suits those of a file that it has not read yet. */
  #givings(): Record<string, Giving> {
    const file = this.#file;
    const { byName, vocabulary, text } = this.#given;
    const all = file?.description.inputs.map((port) => [port.name, byName[port.name] ?? firstGiving(port, shapeOf(port, file, this.#given), vocabulary, text)] as const);
    return Object.fromEntries(all ?? []);
  }

  #showGiven() {
    if (this.#file) showGiven(byId("given", HTMLElement), this.#file, this.#given, () => {
      this.#showGiven();
      void this.changed({ live: true });
    });
  }

  async #take(file: File) {
    if (/\.onnx$/i.test(file.name)) {
      this.#forget();
      this.#model = file;
      this.controls.set({ model: "own" });
    } else if (file.type.startsWith("image/")) this.#picture = file;
    else if (file.type.startsWith("text/") || file.name.endsWith(".txt")) this.#takeLines((await file.text()).split(/\r?\n/).filter((line, i, all) => line !== "" || i < all.length - 1));
    else return complain("unknown-file", file.name);
    await this.changed({ live: true });
  }

  /** A file of lines: a vocabulary where the model takes words and no picture, labels otherwise. */
  #takeLines(lines: string[]) {
    const takesWords = this.#file?.description.inputs.some(({ kind }) => kind.startsWith("int"));
    if (!takesWords) this.#labels = lines;
    else this.#given = { ...this.#given, vocabulary: lines, byName: {} };
  }

  /** The pieces of the text that goes in; none where none does. */
  #tokens() {
    const giving = Object.values(this.#given.byName).find(({ kind }) => kind === "tokens");
    const text = giving?.kind === "tokens" ? giving.text : this.#given.text;
    return this.#given.vocabulary ? tokensIn(text, this.#given.vocabulary).map(({ token }) => token) : [];
  }

  #showTokens(box: HTMLElement, tokens: readonly string[], weights: Float32Array) {
    const most = weights.reduce((one, other) => Math.max(one, other), 1e-9);
    render(tokens.map((token, i) => html`<span title=${`${fixed(100 * weights[i], 1)} %`}>${token}</span>`), box);
    // Through the style object: the page's policy forbids style attributes.
    tokens.forEach((_, i) => (box.children[i] as HTMLElement).style.setProperty("--weight", (weights[i] / most).toFixed(3)));
  }
}

export function open() {
  return new YourModel().open();
}

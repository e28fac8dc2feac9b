// Your model: an ONNX file in, its softmaxes out, one frame each.
import { html, render } from "lit/html.js";
import { acceptFiles } from "../../inputs/files";
import { byId, canvasOf, fixed } from "../../kit/dom";
import { complain } from "../../kit/notice";
import type { Giving, OnnxFile, OnnxInput } from "../../kit/onnx";
import type { CoreSettings, Engine, Frame, Input, Run, Settings } from "../../kit/types";
import { shippedFile, shippedText } from "../../run/shipped";
import { ExhibitPage, type Running } from "../../shell/exhibit-page";
import { firstGiving, shapeOf, showGiven, sizesOf, tokensOf, type Given } from "./given";
import type { GraphView } from "./graph";
import { modelLesson } from "./lesson";
import { meta } from "./meta";
import { drawMaps, drawThumbnail, gazesOf, labelOf, mapsOf, rowOf, type View } from "./stage";
import { linesTokenizer, type Tokenizer } from "./tokenizer";
import "./style.css";

/** The files of the samples, as models/manifest.json calls them. */
const SAMPLES = { vit: ["vit-digits", "vit"], cloze: ["cloze", "cloze"], captioner: ["caption-soft", "step"] } as const;
/** The text of the second sample, with a word hidden. */
const CLOZE = "a brown ___ catches a frisbee in the park";
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

async function jsonTokenizer(text: string): Promise<Tokenizer> {
  return (await import("./json-tokenizer")).jsonTokenizer(text);
}

const nothingGiven = (): Given => ({ sizes: {}, byName: {}, text: "the cat sat on the mat", tokenizer: null });
const isModel = (name: string) => /\.onnx$/i.test(name);
/** The lines of a text; a last one that is empty is none. */
const linesOf = (text: string) => text.split(/\r?\n/).filter((line, i, all) => line !== "" || i < all.length - 1);

class YourModel extends ExhibitPage<typeof meta.settings> {
  /** The visitor's own files. */
  #model: File | null = null;
  #picture: File | null = null;
  #labels: string[] = [];
  #given: Given = nothingGiven();
  /** Lines that were dropped with a model: what they are is known once that has been read. */
  #unsorted: string[] | null = null;
  /** What the worker has read. */
  #file: OnnxFile | null = null;
  /** Loaded once a file has been read. */
  #graph: GraphView | null = null;

  constructor() {
    super(meta);
    if (this.values.model === "own") this.controls.set({ model: "vit" });
    byId("file", HTMLInputElement).multiple = true;
    acceptFiles((...files) => void this.#take(files));
  }

  core({ occlude }: Settings): CoreSettings {
    return { occlude: occlude === "yes" };
  }

  async input(): Promise<Input> {
    const { model } = this.values;
    if (model === "own" && !this.#model) throw new Error("no model was dropped");
    const [folder, name] = SAMPLES[model === "own" ? "vit" : model];
    const file = model === "own" && this.#model ? this.#model : shippedFile(folder, name);
    if (model === "cloze" && !this.#given.tokenizer) await this.#readCloze();
    const input: OnnxInput = {
      model: { name: file instanceof File ? file.name : `${name}.onnx`, file },
      sizes: this.#file ? sizesOf(this.#file, this.#given) : this.#given.sizes,
      given: this.#givings(),
      picture: this.#picture ?? (await digitScene()),
      labels: this.#labels,
      occlude: GREYED,
    };
    return input;
  }

  /** The second sample comes with its tokenizer, its labels and a text. */
  async #readCloze() {
    const [tokenizer, things] = await Promise.all([shippedText("cloze", "tokenizer").then(jsonTokenizer), shippedText("cloze", "things")]);
    this.#labels = linesOf(things);
    this.#given = { ...nothingGiven(), tokenizer, text: CLOZE };
    this.#given.byName.tokens = tokensOf(this.#given);
  }

  override async photo() {
    // A picture of the visitor's own comes from the worker, upright.
    return this.values.model === "vit" && !this.#picture ? canvasOf(await digitScene()) : null;
  }

  override isOwn() {
    const { model } = this.values;
    const givesOther = model === "cloze" ? this.#given.tokenizer !== null && this.#given.text !== CLOZE : this.#labels.length > 0 || Object.keys(this.#given.byName).length > 0;
    return model === "own" || this.#picture !== null || givesOther;
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
    if (this.#unsorted) {
      this.#takeLines(this.#unsorted);
      this.#unsorted = null;
      void this.changed({ live: true });
    }
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
    if (overTokens) this.#showTokens(box, tokens, rowOf(map, this.values.row), frame?.words[0] === "occlusion");
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
    this.#given = nothingGiven();
    this.#labels = [];
    this.#file = null;
  }

  /** What every input is given; the worker finds what suits those of a file that it has not read yet. */
  #givings(): Record<string, Giving> {
    const file = this.#file;
    const given = this.#given;
    if (!file) return given.byName;
    return Object.fromEntries(file.description.inputs.map((port) => [port.name, given.byName[port.name] ?? firstGiving(port, shapeOf(port, file, given), given)]));
  }

  #showGiven() {
    if (this.#file) showGiven(byId("given", HTMLElement), this.#file, this.#given, () => {
      this.#showGiven();
      void this.changed({ live: true });
    });
  }

  async #take(files: readonly File[]) {
    const [model] = files.filter(({ name }) => isModel(name));
    if (model) {
      this.#forget();
      this.#model = model;
      this.controls.set({ model: "own" });
    }
    for (const file of files.filter(({ name }) => !isModel(name))) {
      if (file.type.startsWith("image/")) this.#picture = file;
      else if (/\.json$/i.test(file.name)) {
        const tokenizer = await jsonTokenizer(await file.text()).catch(() => null);
        if (!tokenizer) return complain("bad-tokenizer", file.name);
        this.#given = { ...this.#given, tokenizer, byName: {} };
      } else if (file.type.startsWith("text/") || /\.txt$/i.test(file.name)) {
        const lines = linesOf(await file.text());
        if (model) this.#unsorted = lines;
        else this.#takeLines(lines);
      } else return complain("unknown-file", file.name);
    }
    await this.changed({ live: true });
  }

  /** A file of lines: a vocabulary where the model takes words and has none, labels otherwise. */
  #takeLines(lines: string[]) {
    const takesWords = this.#file?.description.inputs.some(({ kind }) => kind.startsWith("int"));
    if (!takesWords || this.#given.tokenizer) this.#labels = lines;
    else this.#given = { ...this.#given, tokenizer: linesTokenizer(lines), byName: {} };
  }

  /** The pieces of the text that goes in; none where none does. */
  #tokens() {
    const { tokenizer, text } = this.#given;
    const takesTokens = Object.values(this.#givings()).some(({ kind }) => kind === "tokens");
    return tokenizer && takesTokens ? tokenizer.tokens(text).map(({ token }) => token) : [];
  }

  #showTokens(box: HTMLElement, tokens: readonly string[], weights: Float32Array, isLoss: boolean) {
    const most = weights.reduce((one, other) => Math.max(one, other), 1e-9);
    const { row } = this.values;
    const look = (i: number) => {
      this.controls.set({ row: i });
      this.linkAll();
      this.repaint();
    };
    const says = (i: number) => (isLoss ? `hiding it takes ${fixed(100 * weights[i], 1)} points` : `${fixed(100 * weights[i], 1)} % of this look; press it to see its own`);
    render(tokens.map((token, i) => html`<button type="button" aria-pressed=${i === row} title=${says(i)} @click=${() => look(i)}>${token}</button>`), box);
    // Through the style object: the page's policy forbids style attributes.
    tokens.forEach((_, i) => (box.children[i] as HTMLElement).style.setProperty("--weight", (weights[i] / most).toFixed(3)));
  }
}

export function open() {
  return new YourModel().open();
}

// The start page: each exhibit plays its cached run while it is in view.
import { keepForOffline, prefersStillness, startChrome } from "../shell/page-setup";
import { cachedRun } from "../run/recordings";
import { frameOf } from "../inputs/clip";
import { samplePicture } from "../inputs/samples";
import { drawBird } from "../exhibits/birds/stage";
import { areaOf, drawBoxes } from "../exhibits/crop-lab/stage";
import { drawPhoto, gazeOf, placeOf } from "../exhibits/captions/stage";
import { drawMatrix, sentenceOf } from "../exhibits/translate/stage";
import { drawWriting } from "../exhibits/handwriting/stage";
import { answerOf } from "../stage/digits";
import { drawPane, drawPatch, pictureOf, windowOf } from "../exhibits/draw/stage";
import { drawScene } from "../exhibits/glimpses/stage";
import { COLOURS, drawBoard } from "../exhibits/soft-lab/stage";
import { drawSalient } from "../exhibits/saliency/stage";
import { drawClasses } from "../exhibits/scales/stage";
import { SCALES } from "../exhibits/scales/lesson";
import { drawSeen } from "../exhibits/spatial/stage";
import { DISTORTED } from "../stage/warp";

/** The settings of the captioners' runs. */
const CAPTIONERS: Record<string, {sample: string, model: string, seed?: number}> = {
  captions: { sample: "surfer", model: "soft" },
  hard: { sample: "soccer", model: "hard", seed: 1 },
  semantic: { sample: "dog", model: "semantic" },
};

/** The scene that the recorded glimpses read. */
const SCENE = "dOGXAApvMEONpbrFTGpZrmLQpxQUSI";

async function photo(path: string) {
  const image = new Image();
  image.src = path;
  await image.decode();
  return image;
}

async function performer(canvas: HTMLCanvasElement, exhibit: string): Promise<((index: number) => number) | null> {
  const said = canvas.parentElement?.querySelector(".said");
  if (exhibit === "draw") {
    const run = await cachedRun("draw.html", { mode: "generate", model: "draw-mnist", seed: 7 });
    if (!run) return null;
    return (index) => {
      const frame = run.frames[index % run.frames.length];
      const picture = pictureOf(frame, "canvas");
      if (picture) drawPane(canvas, picture, windowOf(frame, "write"), { x: undefined, y: undefined }, "--accent");
      return run.frames.length;
    };
  }
  if (exhibit === "translate") {
    const text = "A little girl is playing with a big brown dog in the park.";
    const run = await cachedRun("translate.html", { model: "attention", beam: 1, text });
    if (!run) return null;
    return (index) => {
      const at = index % run.frames.length;
      drawMatrix(canvas, run.frames, at, true);
      if (said) said.textContent = sentenceOf(run.frames[at].words);
      return run.frames.length;
    };
  }
  if (exhibit === "handwriting") {
    const text = "The pen knows which letter comes next.";
    const run = await cachedRun("handwriting.html", { model: "text", text, bias: 0.75, seed: 1 });
    if (!run) return null;
    return (index) => {
      const at = (3 * index) % run.frames.length;
      drawWriting(canvas, run.frames, at, true);
      if (said) said.textContent = text;
      return Math.ceil(run.frames.length / 3);
    };
  }
  if (exhibit === "questions") {
    const settings = { model: "attention", sample: "dog", mode: "open", question: "what color is the dog" };
    const [run, image] = await Promise.all([cachedRun("questions.html", settings), photo("samples/dog.jpg")]);
    if (!run) return null;
    return (index) => {
      const frame = run.frames[index % run.frames.length];
      drawPhoto(canvas, image, gazeOf(frame), { map: "viridis", opacity: 0.7 });
      if (said) said.textContent = `${frame.words.join(" ")}${frame.ended ? `? ${frame.choices[0].word}` : " …"}`;
      return run.frames.length;
    };
  }
  if (exhibit === "actions") {
    const [run, strip] = await Promise.all([cachedRun("actions.html", { model: "attention", sample: "swing" }), samplePicture("swing.clip")]);
    if (!run) return null;
    return (index) => {
      const frame = run.frames[index % run.frames.length];
      drawPhoto(canvas, frameOf(strip, frame.step - 1), gazeOf(frame), { map: "viridis", opacity: 0.6 });
      if (said) said.textContent = frame.words[0];
      return run.frames.length;
    };
  }
  if (exhibit === "birds") {
    const [run, image] = await Promise.all([cachedRun("birds.html", { sample: "bunting", fold: 0 }), photo("samples/bunting.jpg")]);
    if (!run) return null;
    return (index) => {
      const at = index % run.frames.length;
      drawBird(canvas, image, run.frames.slice(0, at + 1));
      if (said) said.textContent = run.frames[at].words[0];
      return run.frames.length;
    };
  }
  if (exhibit === "saliency") {
    const [run, image] = await Promise.all([cachedRun("saliency.html", { sample: "dog", looks: 6 }), photo("samples/dog.jpg")]);
    if (!run) return null;
    return (index) => {
      const frame = run.frames[index % run.frames.length];
      drawSalient(canvas, image, frame, "cut");
      if (said) said.textContent = frame.step > 1 ? `look ${frame.step - 1}` : "at a glance";
      return run.frames.length;
    };
  }
  if (exhibit === "scales") {
    const [run, image] = await Promise.all([cachedRun("scales.html", { merge: "attention", sample: "dog" }), photo("samples/dog.jpg")]);
    if (!run) return null;
    return (index) => {
      const frame = run.frames[index % run.frames.length];
      drawClasses(canvas, image, frame);
      if (said) said.textContent = frame.ended ? "all scales" : `scale ${SCALES[frame.step - 1]}`;
      return run.frames.length;
    };
  }
  if (exhibit === "glimpses") {
    const run = await cachedRun("glimpses.html", { model: "ram", seed: 1, scene: SCENE });
    if (!run) return null;
    return (index) => {
      const at = index % run.frames.length;
      const scene = pictureOf(run.frames[at], "scene");
      if (scene) drawScene(canvas, scene, run.frames.slice(0, at + 1), "--accent");
      if (said) said.textContent = answerOf(run.frames[at]);
      return run.frames.length;
    };
  }
  if (exhibit === "spatial") {
    const run = await cachedRun("spatial.html", { model: "affine", digit: 4, ...DISTORTED });
    if (!run) return null;
    return (index) => {
      const frame = run.frames[index % run.frames.length];
      const [seen, straight] = [pictureOf(frame, "seen"), pictureOf(frame, "straight")];
      if (straight) drawPatch(canvas, straight);
      else if (seen) drawSeen(canvas, seen, frame);
      if (said) said.textContent = frame.ended ? answerOf(frame) : "";
      return run.frames.length;
    };
  }
  if (exhibit === "mix") {
    const run = await cachedRun("mix.html", { side: 2, what: "colours", scores: "10.0.-5.0", temperature: 0, target: "7d8a55" });
    if (!run) return null;
    return (index) => {
      const frame = run.frames[index % run.frames.length];
      drawBoard(canvas, 2, (place) => `#${COLOURS[place]}`, frame, null);
      if (said) said.textContent = `step ${frame.step}`;
      return run.frames.length;
    };
  }
  if (exhibit === "boxes") {
    const settings = { method: "bilinear", sample: "cat", box: "2_5_38_38", target: "27_-18_30_30", descend: "yes" };
    const [run, image] = await Promise.all([cachedRun("boxes.html", settings), photo("samples/cat.jpg")]);
    if (!run) return null;
    return (index) => {
      const frame = run.frames[index % run.frames.length];
      drawBoxes(canvas, image, areaOf(frame, "box"), areaOf(frame, "target"), frame);
      if (said) said.textContent = `step ${frame.step}`;
      return run.frames.length;
    };
  }
  const { sample, ...others } = CAPTIONERS[exhibit];
  const [run, image] = await Promise.all([
    cachedRun("captions.html", { beam: 1, sample, ...others }),
    photo(`samples/${sample}.jpg`),
  ]);
  return (index) => {
    const frame = run?.frames[index % run.frames.length];
    drawPhoto(canvas, image, gazeOf(frame), { map: "viridis", opacity: 0.7 }, placeOf(frame));
    if (said && frame) said.textContent = frame.words.join(" ");
    return run?.frames.length ?? 1;
  };
}

const root = document.documentElement;
const PACES = ({ translate: 500, draw: 160, handwriting: 70, mix: 120, boxes: 120, actions: 160 } as Record<string, number>);
const PACE = 900;

async function perform(canvas: HTMLCanvasElement) {
  const name = canvas.dataset.run ?? "";
  const show = await performer(canvas, name);
  if (!show) return;
  let index = 0;
  let visible = false;
  const count = show(0);
  if (prefersStillness()) show(count - 1);
  addEventListener("resize", () => show(index));
  repaints.push(() => show(index));
  new IntersectionObserver(([entry]) => (visible = entry.isIntersecting)).observe(canvas);
  if (!prefersStillness()) setInterval(() => visible && show(++index), PACES[name] ?? PACE);
}

const repaints: (() => void)[] = [];
startChrome(() => repaints.forEach((repaint) => repaint()));
const [first, ...others] = document.querySelectorAll("canvas");
await perform(first);
root.dataset.frame = "1";
root.dataset.state = "cached";
for (const canvas of others) await perform(canvas);
keepForOffline();

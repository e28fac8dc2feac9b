// The slides of the lecture: what each holds, and where its exhibits show it. tests/page/path.test.mjs holds this table to the one in
// src/lib.rs, which names the exhibits of each slide.
import { addressOf } from "../shell/path";

/** Where an exhibit shows what is on a slide. */
export interface Shown {
  /** The name of its page's file. */
  exhibit: string;
  /** How the place is called here. */
  label: string;
  /** The state of the exhibit. */
  query: string;
  /** The frame that shows it, where there is one. */
  step?: number;
}

export interface Slide {
  number: number;
  /** In a few words. */
  holds: string;
  shown: readonly Shown[];
}

const at = (exhibit: string, label: string, query = "") => (step?: number): Shown => ({ exhibit, label, query, step });

const translation = at("translate", "Translation");
const once = at("captions", "Without attention", "model=none");
const soft = at("captions", "Soft captions");
const hard = at("captions", "Hard captions", "model=hard&sample=soccer");
const semantic = at("captions", "Semantic captions", "model=semantic&sample=dog");
const mix = at("soft-lab", "Soft mix", "follow=yes&target=colour");
const glimpses = at("glimpses", "Glimpses");
const draw = at("draw", "DRAW");
const copying = at("draw", "DRAW copies", "mode=reconstruct");
const writing = at("handwriting", "Handwriting");
const crop = at("crop-lab", "Crops");
const hardCrop = at("crop-lab", "Hard crop", "method=hard");
const reinforce = at("crop-lab", "REINFORCE", "method=reinforce");
const spatial = at("spatial", "Spatial transformers");
const birds = at("birds", "Birds");
const questions = at("questions", "Questions");
const actions = at("actions", "Actions");
const saliency = at("saliency", "What stands out");
const scales = at("scales", "Scales");
const own = at("your-model", "Your model");

const SLIDES: readonly (readonly [holds: string, ...shown: Shown[]])[] = [
  ["Title"],
  ["Why attention: the whole input counts alike"],
  ["Why attention: not every part matters"],
  ["Why attention: looking at parts saves work"],
  ["Encoder and decoder, before attention"],
  ["A score for every source word", translation(1)],
  ["Weights by softmax, and the context vector", translation(8)],
  ["Captions from an encoder and a decoder", once()],
  ["The picture is seen once, at the start", once()],
  ["The picture as a grid of places", soft(1)],
  ["Softmax: a weight for every place", soft(1)],
  ["The weighted mean chooses the next word", soft(2)],
  ["Word by word, another look", soft(3)],
  ["Soft and hard attention on one photo", soft(2), hard(1)],
  ["Where it looks at each word", soft(6), hard(4)],
  ["Soft takes a mean, hard takes one place", soft(4), hard(2)],
  ["A weighted mean has a gradient", mix(), soft(), hard()],
  ["A drawn place has none: REINFORCE", reinforce(), mix(), hard()],
  ["Hard attention, learned by reward", glimpses(1), reinforce(), mix(), hard()],
  ["DRAW reads and writes through a window", draw(1), glimpses(4)],
  ["DRAW, one glance after another", copying(), draw(32), glimpses(8)],
  ["Handwriting: a window moves over the text", writing()],
  ["A hard crop has no gradient", hardCrop()],
  ["A crop with a gradient: affine transformers", crop(), spatial(1), birds(1)],
  ["Sampling grid and bilinear sampling", spatial(2), crop(), birds(1)],
  ["A spatial transformer inside a network", spatial(3), birds(2)],
  ["Parts of a bird, found without labels", birds(3), spatial()],
  ["Questions about a picture", questions(2)],
  ["Actions in clips; salient objects", actions(1), saliency(2)],
  ["Attention to scale; semantic attention", scales(4), semantic(3)],
  ["More on glimpses, and where to read on", glimpses(), own()],
];

/** Slides 1 to 31. */
export const slides: readonly Slide[] = SLIDES.map(([holds, ...shown], i) => ({ number: i + 1, holds, shown }));

/** The page that shows it, on the very frame. */
export const addressOfShown = ({ exhibit, query, step }: Shown) => addressOf(exhibit, [query, step && `step=${step}`].filter(Boolean).join("&"));

/** A part of the lecture, up to the next one's first slide. */
export interface Chapter {
  title: string;
  slides: readonly [number, number];
  says: string;
}

/** The chapters that hold exhibits; slides 1 to 5 lead up to them. */
export const chapters: readonly Chapter[] = [
  { title: "Soft and hard attention", slides: [6, 18], says: "Weigh every place, or choose one." },
  { title: "Glimpses and windows", slides: [19, 22], says: "Look, and look again." },
  { title: "Spatial transformers", slides: [23, 27], says: "Crop so that the crop can learn." },
  { title: "Beyond captions", slides: [28, 31], says: "Questions, clips, objects, scales." },
];

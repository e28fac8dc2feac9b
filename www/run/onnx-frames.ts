// What a run made becomes frames: one for each softmax and each output that is a distribution, then the rollout of a stack.
import { scopeOf, type OnnxMade, type OnnxNode, type PictureShape } from "../kit/onnx";
import type { Choice, Frame, GridMap } from "../kit/types";

/** Weights that a frame holds at most: heads beyond them are left out. */
const MOST = 4_000_000;
const ANSWERS = 5;

const sizesOf = ({ shape }: OnnxMade) => {
  const cols = shape.at(-1) ?? 1;
  const rows = shape.at(-2) ?? 1;
  return { heads: shape.slice(0, -2).reduce((all, size) => all * size, 1), rows, cols };
};

function softmax(values: Float32Array) {
  const most = values.reduce((one, other) => Math.max(one, other), -Infinity);
  const exps = values.map((value) => Math.exp(value - most));
  const sum = exps.reduce((total, value) => total + value, 0);
  return exps.map((value) => value / sum);
}

/** The output that names one of several things: a row of numbers, a distribution rather than any other. */
export function answerOf(made: readonly OnnxMade[]): OnnxMade | undefined {
  const rows = made.filter(({ output, shape }) => output && (shape.at(-1) ?? 0) > 1 && shape.slice(0, -1).every((size) => size === 1));
  return rows.find(({ distribution }) => distribution) ?? rows.at(0);
}

/** The chances of all answers. */
export const chancesOf = (answer: OnnxMade) => (answer.distribution ? answer.values : softmax(answer.values));

/** The likeliest answers, by the labels of a file of the visitor's where there is one. */
export function choicesOf(answer: OnnxMade | undefined, labels: readonly string[]): Choice[] {
  if (!answer) return [];
  const chances = chancesOf(answer);
  const order = Array.from(chances.keys()).sort((a, b) => chances[b] - chances[a]);
  return order.slice(0, ANSWERS).map((at) => ({ word: labels[at] ?? `number ${at}`, probability: chances[at] }));
}

/** The values that may be attention, in the order in which the model makes them. */
export function attentions(made: readonly OnnxMade[]) {
  const answer = answerOf(made);
  const found = made.filter((one) => one.distribution && one !== answer && one.shape.length > 0);
  return found.sort((a, b) => (a.node ?? Infinity) - (b.node ?? Infinity));
}

const frame = (words: string[], maps: GridMap[], choices: Choice[], numbers: readonly (readonly [name: string, value: number])[]): Frame => ({
  step: 0,
  steps: null,
  words,
  ended: false,
  maps,
  pictures: [],
  numbers: numbers.map(([name, value]) => ({ name, value })),
  choices,
  attributes: [],
  replaced: [],
});

function entropy(weights: Float32Array, rows: number) {
  const bits = weights.reduce((sum, weight) => (weight > 0 ? sum - weight * Math.log2(weight) : sum), 0);
  return bits / rows;
}

function mapsOf(one: OnnxMade) {
  const { heads, rows, cols } = sizesOf(one);
  const shown = Math.max(1, Math.min(heads, Math.floor(MOST / (rows * cols))));
  return Array.from({ length: shown }, (_, head): GridMap => {
    const weights = one.values.slice(head * rows * cols, (head + 1) * rows * cols);
    return { kind: "grid", name: `head ${head + 1}`, rows, cols, weights };
  });
}

/** The mean of heads: how much each row gives to each column. */
export function meanOf(maps: readonly GridMap[]): GridMap {
  const [{ rows, cols }] = maps;
  const weights = new Float32Array(rows * cols);
  for (const map of maps) map.weights.forEach((weight, i) => (weights[i] += weight / maps.length));
  return { kind: "grid", name: "mean", rows, cols, weights };
}

/** Attention rollout (Abnar & Zuidema 2020, section 3): the product of the layers' mean attention, half of each way going past it. */
export function rollout(layers: readonly GridMap[]): GridMap {
  const n = layers[0].rows;
  let all = new Float32Array(n * n);
  for (let i = 0; i < n; i++) all[i * n + i] = 1;
  for (const { weights } of layers) {
    const next = new Float32Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < n; k++) {
        const weight = 0.5 * weights[i * n + k] + (i === k ? 0.5 : 0);
        if (weight !== 0) for (let j = 0; j < n; j++) next[i * n + j] += weight * all[k * n + j];
      }
    }
    all = next;
  }
  return { kind: "grid", name: "head 1", rows: n, cols: n, weights: all };
}

/** Layers of one stack: square, and all of one size, the commonest. */
function stackOf(maps: readonly GridMap[][]) {
  const square = maps.filter(([{ rows, cols }]) => rows === cols && rows > 1 && rows <= 1024);
  const count = (size: number) => square.filter(([{ rows }]) => rows === size).length;
  const size = square.reduce((best, [{ rows }]) => (count(rows) > count(best) ? rows : best), 0);
  return square.filter(([{ rows }]) => rows === size);
}

/** Numbers the frames of a run. */
export const numbered = (frames: readonly Frame[], ended: boolean): Frame[] => frames.map((one, i) => ({ ...one, step: i + 1, steps: frames.length, ended: ended && i === frames.length - 1 }));

/**
 * The frames of a run; without any attention, one that tells the answers.
 * @param picture the shape in which the model takes a picture: weights may lie on its places
 */
export function framesOf(made: readonly OnnxMade[], nodes: readonly OnnxNode[], labels: readonly string[], picture: PictureShape | null): Frame[] {
  const choices = choicesOf(answerOf(made), labels);
  const found = attentions(made);
  const maps = found.map(mapsOf);
  const frames = found.map((one, i) => {
    const { heads, rows, cols } = sizesOf(one);
    const label = one.node === null ? one.name : scopeOf(nodes[one.node].name);
    const bits = maps[i].reduce((sum, { weights }) => sum + entropy(weights, rows) / maps[i].length, 0);
    return frame([label], maps[i], choices, [["node", one.node ?? -1], ["heads", heads], ["rows", rows], ["cols", cols], ["entropy_bits", bits]]);
  });
  const stack = stackOf(maps);
  if (stack.length > 1) {
    const rolled = rollout(stack.map(meanOf));
    const bits = entropy(rolled.weights, rolled.rows);
    frames.push(frame(["rollout"], [rolled], choices, [["node", -1], ["heads", 1], ["rows", rolled.rows], ["cols", rolled.cols], ["entropy_bits", bits], ["layers", stack.length]]));
  }
  if (picture) for (const { numbers } of frames) numbers.push({ name: "height", value: picture.height }, { name: "width", value: picture.width });
  return frames.length > 0 ? frames : [frame(["answer"], [], choices, [])];
}

/** What hiding each place, in rows, takes away from the chance of the likeliest answer. */
export const occlusionFrame = (rows: number, losses: Float32Array, choices: Choice[]): Frame =>
  frame(["occlusion"], [{ kind: "grid", name: "head 1", rows, cols: losses.length / rows, weights: losses }], choices, [["node", -1], ["most", losses.reduce((most, loss) => Math.max(most, loss), 0)]]);

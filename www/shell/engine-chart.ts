// The steps of a model's run in plain words, and as a bar chart that can be read without its bars.
import type { EnginePart } from "../kit/types";
import { el, megabytes } from "../kit/dom";

const MOST = 12;

/** What kernels of ours and operators of tract do. */
const KINDS: Record<string, string> = {
  product: "matrix product", DirectProduct: "matrix product", EinSum: "matrix product", OptMatMul: "matrix product",
  DirectConvolution: "convolution", DirectDepthwise: "convolution", Conv: "convolution",
  DirectPool: "pool", DirectResize: "resizing", DirectSoftmax: "softmax", DirectSum: "sum", DirectArithmetic: "arithmetic",
  reduce: "reduction", Ln: "logarithm", Recip: "reciprocal", Eq: "comparison", GT: "comparison",
  Iff: "choice", Cast: "cast", Gather: "look-up", Concat: "joining", Slice: "slice",
  LstmCell: "LSTM gates", GruCell: "GRU gates", GruReset: "GRU reset gate",
};

/** tract calls arithmetic by its name, layout by what changes. */
function kindOf(kind: string) {
  if (KINDS[kind]) return KINDS[kind];
  if (kind.startsWith("Reduce<")) return "reduction";
  if (/Axis|Reshape|IntoShape|Broadcast/.test(kind)) return "layout";
  return kind.replace(/^Opt/, "").replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}

/** A step in few words: what it does, and how much. */
export function labelOf({ kind, sizes, gpu, work }: EnginePart) {
  const name = kindOf(kind);
  const shape = sizes.filter((side) => side !== 1);
  const made = sizes.reduce((product, side) => product * side, 1);
  if (kind === "convolution") {
    const [rows, columns, from, to, groups] = sizes;
    return `${name} ${rows}×${columns}, ${groups > 1 && groups === from ? `each of ${from}` : `${from}→${to}`}`;
  }
  if (kind === "product") {
    const [batch, m, k, n] = sizes;
    return `${batch > 1 ? `${batch} ${name}s` : name} ${m}×${k}·${n}`;
  }
  // On the CPU the third side of a product, and the window of a convolution a channel, are what each number takes.
  const each = work / made;
  if (!gpu && name === "matrix product" && each >= 1) {
    const [m = 1, ...n] = shape.length > 1 ? shape : [1, ...shape];
    return `${name} ${m}×${Math.round(each)}·${n.reduce((product, side) => product * side, 1)}`;
  }
  const side = Math.sqrt(each);
  if (/depthwise/i.test(kind) && Number.isInteger(side)) return `${name} ${side}×${side}, each of ${shape[0]}`;
  return [name, shape.join("×")].join(" ").trim();
}

export const millions = (count: number) => {
  if (count === 0) return "–";
  return count < 1e5 ? `${(count / 1e3).toFixed(count < 1e3 ? 2 : 1)} k` : `${(count / 1e6).toFixed(count < 1e8 ? 1 : 0)} M`;
};

export const milliseconds = (value: number | null | undefined) => {
  if (value === null || value === undefined) return "–";
  const digits = [100, 10, 0.1].findIndex((least) => value >= least);
  return value.toFixed([0, 1, 2][digits] ?? 3);
};

export const summed = (parts: EnginePart[], what: "work" | "moved") => parts.reduce((sum, part) => sum + part[what], 0);

/** The heaviest steps with their bars, and the rest together. */
export function chart(caption: string | Node, parts: EnginePart[]) {
  const timed = parts.some((part) => part.milliseconds !== null);
  const weight = (part: EnginePart) => (timed ? (part.milliseconds ?? 0) : part.work);
  const sorted = [...parts].sort((a, b) => weight(b) - weight(a));
  const most = Math.max(1e-9, ...parts.map(weight));
  const rest = sorted.splice(MOST);
  /** @param share of the heaviest */
  const row = (label: string, title: string, share: number | null, took: number | null, work: number, moved: number) => {
    const bars = [];
    if (share !== null) {
      bars.push(el("span", { class: "share", "aria-hidden": "true" }));
      bars[0].style.setProperty("--share", String(share));
    }
    return el(
      "tr",
      {},
      el("th", { scope: "row", title }, label, ...bars),
      el("td", { title: took === null ? "no clock tells the milliseconds of this step" : `${label}: milliseconds of one run` }, milliseconds(took)),
      el("td", { title: `${label}: multiply-adds of one run` }, millions(work)),
      el("td", { title: `${label}: bytes read and written in one run, each once` }, megabytes(moved)),
    );
  };
  const rows = sorted.map((part) => row(labelOf(part), part.label, weight(part) / most, part.milliseconds, part.work, part.moved));
  if (rest.length > 0) {
    const took = timed ? rest.reduce((sum, part) => sum + (part.milliseconds ?? 0), 0) : null;
    rows.push(row(`the other ${rest.length}`, "all steps that take less, together", null, took, summed(rest, "work"), summed(rest, "moved")));
  }
  const heads = [["step", "what it does; the file's own name of it on hover"], ["ms", "milliseconds of one run"], ["m-adds", "multiply-adds of one run"], ["moved", "bytes read and written, each once"]];
  return el(
    "table",
    {},
    el("caption", {}, caption),
    el("thead", {}, el("tr", {}, ...heads.map(([head, title]) => el("th", { scope: "col", title }, head)))),
    el("tbody", {}, ...rows),
  );
}

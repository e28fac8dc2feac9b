// The steps of a model's run in plain words, and as a bar chart that can be read without its bars.
import { html, nothing, type TemplateResult } from "lit/html.js";
import { megabytes } from "../kit/dom";
import type { EnginePart } from "../kit/types";

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

interface Row {
  label: string;
  title: string;
  /** Of the heaviest step. */
  share: number | null;
  took: number | null;
  work: number;
  moved: number;
}

const rowOf = ({ label, title, share, took, work, moved }: Row) => html`<tr>
  <th scope="row" title=${title}>${label}${
    share === null ? nothing : html`<svg class="share" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width=${100 * share} height="1"/></svg>`
  }</th>
  <td title=${took === null ? "no clock tells the milliseconds of this step" : `${label}: milliseconds of one run`}>${milliseconds(took)}</td>
  <td title=${`${label}: multiply-adds of one run`}>${millions(work)}</td>
  <td title=${`${label}: bytes read and written in one run, each once`}>${megabytes(moved)}</td>
</tr>`;

const HEADS = [
  ["step", "what it does; the file's own name of it on hover"],
  ["ms", "milliseconds of one run"],
  ["m-adds", "multiply-adds of one run"],
  ["moved", "bytes read and written, each once"],
];

/** The heaviest steps with their bars, and the rest together. */
export function chart(caption: TemplateResult, parts: EnginePart[]) {
  const timed = parts.some((part) => part.milliseconds !== null);
  const weight = (part: EnginePart) => (timed ? (part.milliseconds ?? 0) : part.work);
  const sorted = [...parts].sort((a, b) => weight(b) - weight(a));
  const most = Math.max(1e-9, ...parts.map(weight));
  const rest = sorted.splice(MOST);
  const rows: Row[] = sorted.map((part) => ({ label: labelOf(part), title: part.label, share: weight(part) / most, took: part.milliseconds, work: part.work, moved: part.moved }));
  if (rest.length > 0) {
    const took = timed ? rest.reduce((sum, part) => sum + (part.milliseconds ?? 0), 0) : null;
    rows.push({ label: `the other ${rest.length}`, title: "all steps that take less, together", share: null, took, work: summed(rest, "work"), moved: summed(rest, "moved") });
  }
  return html`<table><caption>${caption}</caption>
    <thead><tr>${HEADS.map(([head, title]) => html`<th scope="col" title=${title}>${head}</th>`)}</tr></thead>
    <tbody>${rows.map(rowOf)}</tbody></table>`;
}

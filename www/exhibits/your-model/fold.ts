// A graph folded by the scopes in its nodes' names, and laid out in layers: what is drawn, and where.
import type { OnnxDescription, OnnxReady } from "../../kit/onnx";
import { partsOf } from "../../kit/onnx";

/** A box of the graph: a node, or a scope that is folded. */
export interface Item {
  /** The path of a scope, or the node's name with its number. */
  id: string;
  label: string;
  /** The operator, or how many nodes are folded. */
  what: string;
  scope: boolean;
  nodes: number[];
  weights: number;
  work: number;
  shape: number[] | null;
  /** The boxes that it takes values from, by their places. */
  from: number[];
  layer: number;
  /** Its middle, in boxes. */
  x: number;
}

export interface Scopes { hosts: readonly number[]; scopes: readonly (readonly string[])[] }

/** Scopes that are opened at once, so that something can be seen. */
const FEW = 4;
const MANY = 60;

/** The node that each node is drawn with: what hangs on no input of the graph (weights and how they are unpacked) goes with what takes it first. */
function hostsOf({ nodes }: OnnxDescription): number[] {
  const given: boolean[] = [];
  const takenBy: (number | undefined)[] = [];
  nodes.forEach(({ from }, i) => {
    given[i] = from.some((source) => source < 0 || given[source]);
    for (const source of from) if (source >= 0) takenBy[source] ??= i;
  });
  const hosts = nodes.map((_, i) => i);
  for (let i = nodes.length - 1; i >= 0; i--) if (!given[i]) hosts[i] = hosts[takenBy[i] ?? i];
  return hosts;
}

/** The scopes around each node, by the node that it is drawn with. Names without any are split at their points; a scope of one node is none. */
export function scopesOf(description: OnnxDescription): Scopes {
  const hosts = hostsOf(description);
  const all = description.nodes.map(({ name }) => {
    const parts = partsOf(name);
    return (parts.length > 1 ? parts : name.split(".")).slice(0, -1);
  });
  const counts = new Map<string, number>();
  const pathOf = (parts: readonly string[], depth: number) => parts.slice(0, depth + 1).map((part) => `${part}/`).join("");
  all.forEach((parts, i) => {
    if (hosts[i] === i) parts.forEach((_, depth) => counts.set(pathOf(parts, depth), (counts.get(pathOf(parts, depth)) ?? 0) + 1));
  });
  const scopes = all.map((parts) => parts.filter((_, depth) => (counts.get(pathOf(parts, depth)) ?? 0) > 1));
  return { hosts, scopes: hosts.map((host) => scopes[host]) };
}

/** Which scopes are open at first: the outermost ones until there are a few boxes. */
export function firstOpen({ hosts, scopes }: Scopes): Set<string> {
  const open = new Set<string>();
  for (let depth = 0; depth < 4; depth++) {
    const boxes = new Set(scopes.map((parts, i) => itemId(parts, hosts[i], open)));
    if (boxes.size >= FEW) break;
    const next = [...boxes].filter((id) => id.endsWith("/"));
    if (next.length === 0 || boxes.size + next.length > MANY) break;
    next.forEach((id) => open.add(id));
  }
  return open;
}

/** The box that a node is drawn in: its outermost scope that is not open, or itself. */
function itemId(parts: readonly string[], node: number, open: ReadonlySet<string>) {
  let path = "";
  for (const part of parts) {
    path += `${part}/`;
    if (!open.has(path)) return path;
  }
  return `#${node}`;
}

/** The boxes of a graph in the order of the file, each in a layer below all that it takes values from. */
export function folded(description: OnnxDescription, ready: OnnxReady | null, { hosts, scopes }: Scopes, open: ReadonlySet<string>): Item[] {
  const places = new Map<string, number>();
  const items: Item[] = [];
  const of = description.nodes.map((node, i) => {
    const id = itemId(scopes[i], hosts[i], open);
    let place = places.get(id);
    if (place === undefined) {
      place = items.length;
      places.set(id, place);
      const scope = id.endsWith("/");
      const host = description.nodes[hosts[i]];
      const label = scope ? id.slice(0, -1) : (partsOf(host.name).at(-1) ?? host.name);
      items.push({ id, label, what: host.operator, scope, nodes: [], weights: 0, work: 0, shape: null, from: [], layer: 0, x: 0 });
    }
    const item = items[place];
    item.nodes.push(i);
    item.weights += node.weights;
    item.work += ready?.work[i] ?? 0;
    if (hosts[i] === i) item.shape = ready?.shapes[i] ?? null;
    return place;
  });
  for (const item of items) if (item.scope) item.what = `${item.nodes.filter((node) => hosts[node] === node).length} nodes`;
  description.nodes.forEach(({ from }, i) => {
    const item = items[of[i]];
    for (const source of from) {
      const place = source < 0 ? -1 : of[source];
      if (place >= 0 && place !== of[i] && !item.from.includes(place)) item.from.push(place);
    }
  });
  lay(items);
  return items;
}

/** Layers by the longest way; within one, each box near those it takes values from. */
function lay(items: Item[]) {
  const layers: Item[][] = [];
  items.forEach((item, place) => {
    // Folding can make circles: what comes later in the file is not waited for.
    const before = item.from.filter((from) => from < place).map((from) => items[from]);
    item.layer = before.reduce((layer, one) => Math.max(layer, one.layer + 1), 0);
    item.x = before.length > 0 ? before.reduce((sum, one) => sum + one.x, 0) / before.length : 0;
    (layers[item.layer] ??= []).push(item);
  });
  for (const layer of layers) {
    layer.sort((a, b) => a.x - b.x);
    const middle = layer.reduce((sum, { x }) => sum + x, 0) / layer.length;
    layer.forEach((item, i) => (item.x = middle + i - (layer.length - 1) / 2));
  }
}

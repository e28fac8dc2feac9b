// The sections on whole visits: until the first frame, where the time goes, what memory is taken.
import { bytes, ratio, row, said, table, verdict, whole } from "./tables.mjs";

const COLD = { bar: 0.5, aim: 1 / 3 };

export function visitTable(visits) {
  const rows = Object.entries(visits).flatMap(([system, { apart, ...networks }]) =>
    Object.entries(networks).flatMap(([network, { live, peer, recorded }]) =>
      ["cold", "warm"].map((when) => {
        const value = ratio(live[when], peer[when]);
        const wire = ({ bytes: sent, requests }) => `${bytes(sent)} in ${requests}`;
        return row(
          `${system}, ${network}, ${when}`,
          whole(recorded[when]),
          whole(live[when]),
          whole(peer[when]),
          said(value),
          when === "cold" ? verdict(value, COLD) : "",
          wire(live[when]),
          wire(peer[when]),
        );
      }),
    ),
  );
  const agreed = Object.entries(visits).map(([system, { apart }]) => `${system} ${apart.toExponential(0)}`).join(", ");
  return `## From the navigation to the first frame

Bar, cold: half of theirs, aim a third. Ours is the page as it is shipped, without a recorded run, so that its models run at once; theirs is a page that does no more than this one frame, with everything asked for by its head (benches/peer). A visit has a profile of its own; cold is its first visit, warm its second. The network is slowed by the server, workers' requests too. “Recorded” is when our page shows its recorded run, before any model. Bytes and requests are those until the first frame. Farthest apart of both first attentions, on a picture that every decoder reads alike: ${agreed}.

${table(["system, network, visit", "ours recorded, ms", "ours live, ms", "theirs, ms", "ratio", "", "ours, MB in requests", "theirs, MB in requests"], rows)}
`;
}

export function breakdownTables(breakdown) {
  const milliseconds = (part) => (part ? [part.at, part.took].map((value) => value.toFixed(0)) : ["–", "–"]);
  const tables = Object.entries(breakdown).map(([system, { cold, warm }]) => {
    const rows = cold.map((part) => row(part.name, ...milliseconds(part), ...milliseconds(warm.find(({ name }) => name === part.name))));
    return `${system}:

${table(["part", "cold, begins at, ms", "takes", "warm, begins at, ms", "takes"], rows)}
`;
  });
  return `### Where our time goes

On this machine's own network, by marks in the worker, which cost a little themselves.

${tables.join("\n")}`;
}

export function memoryTable(memory) {
  const total = ({ wasm, rest }) => wasm + rest;
  const rows = Object.entries(memory).map(([system, { ours, theirs }]) =>
    row(system, ...[ours.wasm, ours.rest, theirs.wasm, theirs.rest].map(bytes), (total(ours) / total(theirs)).toFixed(2)),
  );
  return `## Memory

The largest that WebAssembly's memory became, and what the browser counts beside it for the page and its worker; ours after a whole run, theirs after its one frame.

${table(["system", "our wasm, MB", "our rest, MB", "their wasm, MB", "their rest, MB", "ratio of the sums"], rows)}
`;
}

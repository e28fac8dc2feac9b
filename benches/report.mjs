// RESULTS.md from what was measured.
import { bytes, row, said, table, time, verdict, ratio } from "./tables.mjs";
import { breakdownTables, memoryTable, visitTable } from "./report-visits.mjs";

/** Files that look at a whole picture or sentence, once a run; all others are asked again and again, a step each. */
const WHOLE = /^(caption-encoder|dense-encoder|saliency|scale|stn-\w+)\/|\/(start|read|whole|point)$/;
const BARS = { whole: { bar: 0.75, aim: 0.55 }, step: { bar: 0.9, aim: 0.6 }, gpu: { bar: 1, aim: 0.5 }, beam: { bar: 1, aim: 0.6 } };

const kindOf = (name) => {
  if (name.startsWith("kernels/")) return "kernel";
  return WHOLE.test(name) ? "whole" : "step";
};
const limits = (native, name) => [native?.tract[name], native?.onnxruntime[name]].map((one) => (one ? one.median.toPrecision(3) : "–"));

function cpuTable(files, kind, native) {
  const rows = files.map(([name, { cpu, ortCpu }]) => {
    const value = ratio(cpu, ortCpu);
    return row(name, time(cpu), time(ortCpu), said(value), verdict(value, BARS[kind]), said(ratio(cpu, ortCpu, "ready")), ...limits(native, name));
  });
  return table(["file", "ours, ms", "theirs, ms", "ratio", "", "load and first run, ratio", "native tract, ms", "native onnxruntime, ms"], rows);
}

function gpuTable(files) {
  const rows = files.map(([name, { gpu, ortGpu }]) => {
    const value = ratio(gpu, ortGpu);
    const why = ortGpu?.refused ? "theirs does not run it" : gpu?.refused ? "ours does not run it" : "";
    return row(name, time(gpu), time(ortGpu), said(value), value === null ? why : verdict(value, BARS.gpu), gpu?.apart?.toExponential(0) ?? "–");
  });
  return table(["file", "ours, ms", "theirs, ms", "ratio", "", "farthest from theirs on the CPU"], rows);
}

/** A kernel of ours is the one of src/attention, natively; the graphs run in both engines. */
function kernelTable(files, native) {
  const rows = files.map(([name, { cpu, ortCpu, gpu, ortGpu }]) => {
    const kernel = name.replace("kernels/", "");
    const own = native?.tract[name];
    return row(kernel, time(cpu), time(ortCpu), said(ratio(cpu, ortCpu)), time(gpu), time(ortGpu), own ? own.median.toPrecision(3) : "–", limits(native, name)[1]);
  });
  return table(["mechanism", "our CPU, ms", "their CPU, ms", "ratio", "our GPU, ms", "their GPU, ms", "src/attention, native, ms", "native onnxruntime, ms"], rows);
}

function sizeTable(sizes) {
  const smallest = sizes["onnxruntime-web, wasm only"].brotli;
  const rows = Object.entries(sizes).map(([name, { raw, gzip, brotli }]) =>
    row(name, bytes(raw), bytes(gzip), bytes(brotli), (brotli / smallest).toFixed(2)),
  );
  return table(["runtime, MB", "raw", "gzip 9", "brotli 11", "ratio"], rows);
}

function beamSection({ cpu, ortCpu, sentence }) {
  const value = ratio(cpu, ortCpu);
  const cells = row(`“${sentence}”`, time(cpu), time(ortCpu), said(value), verdict(value, BARS.beam));
  return `## A beam of five

A whole sentence searched with five beginnings a word, as the captions' exhibit does it, against the same search with ONNX Runtime Web
stepping; both say the same words. Bar ${BARS.beam.bar.toFixed(1)}.

${table(["sentence", "ours, ms", "theirs, ms", "ratio", ""], [cells])}
`;
}

function pageSections({ files, native }) {
  const all = Object.entries(files);
  const of = (kind) => all.filter(([name]) => kindOf(name) === kind);
  const met = (kind) => of(kind).filter(([, { cpu, ortCpu }]) => (ratio(cpu, ortCpu) ?? 9) <= BARS[kind].bar).length;
  const section = (title, kind) => `## CPU, ${title}

Bar ${BARS[kind].bar}, aim ${BARS[kind].aim}: ${met(kind)} of ${of(kind).length} files meet the bar. The last two columns are the limit: the same files natively, one thread.

${cpuTable(of(kind), kind, native)}
`;
  return [
    section("whole pictures and sentences", "whole"),
    section("steps", "step"),
    `## WebGPU

Bar: no slower than theirs on the same adapter. On a machine without a GPU that is one in software, which the CPU beats about ten times: the page does not use it, and the numbers say little about hardware.

${gpuTable(all.filter(([name]) => kindOf(name) !== "kernel"))}
`,
    `## The lecture's mechanisms by themselves

The same arithmetic as a small ONNX graph, in both engines; and the functions of src/attention natively. Calls this small are mostly
the way into the engine and back.

${kernelTable(of("kernel"), native)}
`,
  ];
}

export function report({ date, rounds, machine, versions, sizes, visits, breakdown, memory, files, beam, native }) {
  const sections = [
    `# What \`./build.sh bench\` measured

${date}, ${machine}. ${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ")}.

One run in headless Chromium, ours and theirs in turns: ${rounds} rounds after the warm-up (fewer for whole visits, and where a software adapter would take minutes), medians with quartiles, one thread each. Every run of a file includes copying inputs in and outputs out, and on WebGPU reading back. Ratios are ours by theirs: below 1 we are faster. Timings of a shared machine are noisy; ratios of one run are less so.
`,
    `## Bytes of the runtime

Bar: half of onnxruntime-web's smallest build in brotli, aim a third.

${sizeTable(sizes)}
`,
  ];
  if (visits) sections.push(visitTable(visits), breakdownTables(breakdown));
  if (memory) sections.push(memoryTable(memory));
  if (files) sections.push(...pageSections({ files, native }));
  if (beam) sections.push(beamSection(beam));
  return `${sections.join("\n")}\n`;
}

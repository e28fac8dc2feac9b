// The tables of RESULTS.md from what was measured.

/** Files that look at a whole picture, or at a sentence at once; the others are steps. */
const ENCODER = /encoder$|\/read$|head$|\/attend$|\/coarse$|\/start$|\/head$|classify$|locate|\/cnn$|\/whole$/;
const STEP = /\/step$|\/decoder$|draw-[^/]*\/encoder$/;
const BARS = { encoder: { bar: 0.75, aim: 0.55 }, step: { bar: 0.9, aim: 0.6 } };

const kindOf = (name) => (!STEP.test(name) && ENCODER.test(name) ? "encoder" : "step");
const row = (...cells) => `| ${cells.join(" | ")} |`;
const table = (head, rows) => [row(...head), row(...head.map((_, i) => (i === 0 ? ":--" : "--:"))), ...rows].join("\n");
const time = (one) => (one?.median === undefined ? "–" : `${one.median.toPrecision(3)} (${one.low.toPrecision(3)}–${one.high.toPrecision(3)})`);
const ratio = (ours, theirs, of = "median") => (ours?.[of] && theirs?.[of] ? ours[of] / theirs[of] : null);
const said = (value) => (value === null ? "–" : value.toFixed(2));
const bytes = (count) => (count / 1e6).toFixed(2);

function verdict(value, { bar, aim }) {
  if (value === null) return "–";
  if (value <= aim) return "aim";
  return value <= bar ? "met" : "short";
}

function cpuTable(files, kind) {
  const rows = Object.entries(files)
    .filter(([name]) => kindOf(name) === kind)
    .map(([name, { cpu, ortCpu }]) => {
      const value = ratio(cpu, ortCpu);
      return row(name, time(cpu), time(ortCpu), said(value), verdict(value, BARS[kind]), said(ratio(cpu, ortCpu, "ready")));
    });
  return table(["file", "ours, ms", "theirs, ms", "ratio", "", "load and first run, ratio"], rows);
}

function gpuTable(files) {
  const rows = Object.entries(files).map(([name, { gpu, ortGpu }]) => {
    const value = ratio(gpu, ortGpu);
    const why = ortGpu?.refused ? "theirs does not run it" : "";
    return row(name, time(gpu), time(ortGpu), said(value), value === null ? why : verdict(value, { bar: 1, aim: 0.5 }), (gpu?.apart ?? 0).toExponential(0));
  });
  return table(["file", "ours, ms", "theirs, ms", "ratio", "", "farthest from theirs on the CPU"], rows);
}

function sizeTable(sizes) {
  const smallest = sizes["onnxruntime-web, wasm only"].brotli;
  const rows = Object.entries(sizes).map(([name, { raw, gzip, brotli }]) =>
    row(name, bytes(raw), bytes(gzip), bytes(brotli), (brotli / smallest).toFixed(2)),
  );
  return table(["runtime, MB", "raw", "gzip 9", "brotli 11", "ratio"], rows);
}

export function report({ date, rounds, machine, versions, sizes, files }) {
  const of = (kind) => Object.entries(files).filter(([name]) => kindOf(name) === kind);
  const met = (kind) => of(kind).filter(([, { cpu, ortCpu }]) => (ratio(cpu, ortCpu) ?? 9) <= BARS[kind].bar).length;
  return `# What \`./build.sh bench\` measured

${date}, ${machine}. ${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ")}.

One headless Chromium, one page, every shipped file in turns with its rivals: ${rounds} rounds after the warm-up (fewer where a software adapter would take minutes), medians with quartiles, one thread each. Every run includes copying inputs in and outputs out, and on WebGPU reading back. Ratios are ours by theirs: below 1 we are faster. Timings of a shared machine are noisy; ratios of one run are less so.

## Bytes of the runtime

Bar: half of onnxruntime-web's smallest build in brotli, aim a third.

${sizeTable(sizes)}

## CPU, whole pictures and sentences

Bar ${BARS.encoder.bar}, aim ${BARS.encoder.aim}: ${met("encoder")} of ${of("encoder").length} files meet the bar.

${cpuTable(files, "encoder")}

## CPU, steps

Bar ${BARS.step.bar}, aim ${BARS.step.aim}: ${met("step")} of ${of("step").length} files meet the bar.

${cpuTable(files, "step")}

## WebGPU

Bar: no slower than theirs on the same adapter. On a machine without a GPU that is one in software, which the CPU beats about ten times: the page does not use it, and the numbers say little about hardware.

${gpuTable(files)}

`;
}

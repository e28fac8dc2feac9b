// Rows, numbers and verdicts of the tables.
export const row = (...cells) => `| ${cells.join(" | ")} |`;
export const table = (head, rows) => [row(...head), row(...head.map((_, i) => (i === 0 ? ":--" : "--:"))), ...rows].join("\n");
export const time = (one) => (one?.median === undefined ? "–" : `${one.median.toPrecision(3)} (${one.low.toPrecision(3)}–${one.high.toPrecision(3)})`);
/** Of times that are read in whole milliseconds. */
export const whole = (one) => (one ? `${one.median.toFixed(0)} (${one.low.toFixed(0)}–${one.high.toFixed(0)})` : "–");
export const ratio = (ours, theirs, of = "median") => (ours?.[of] && theirs?.[of] ? ours[of] / theirs[of] : null);
export const said = (value) => (value === null ? "–" : value.toFixed(2));
export const bytes = (count) => (count / 1e6).toFixed(2);

export function verdict(value, { bar, aim }) {
  if (value === null) return "–";
  if (value <= aim) return "aim";
  return value <= bar ? "met" : "short";
}

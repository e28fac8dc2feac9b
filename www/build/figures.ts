// The figures in Markdown: {{metric model name}} stands for what models/manifest.json holds, so that no figure is typed by hand.
import type { Comparison, ExhibitMeta, Figure } from "../kit/meta";
import { comparisonOf, figureText, type Models } from "../shell/trust";

type How = Pick<Figure, "unit" | "digits" | "share">;

/** How an exhibit's own page shows this figure: its unit and its digits. One that it does not show is shown as the one whose name it
 * goes on from, "error_sampled" as "error". */
function howShown(exhibits: readonly ExhibitMeta[], model: string, metric: string): How {
  const trusts = exhibits.flatMap(({ trust }) => trust ?? []);
  const all = [
    ...trusts.flatMap(({ figures }) => figures.map((one) => ({ of: one.of, how: one }))),
    ...trusts.flatMap(({ comparisons }) => comparisons.flatMap((one) => [one.a, one.b].map((of) => ({ of, how: one })))),
  ].filter(({ of }) => of[0] === model);
  const found = all.find(({ of }) => of[1] === metric) ?? all.find(({ of }) => metric.startsWith(`${of[1]}_`));
  return found?.how ?? {};
}

/** How two figures are compared on an exhibit's own page, or as the first of them is shown. */
function howCompared(exhibits: readonly ExhibitMeta[], a: Comparison["a"], b: Comparison["b"]): Comparison {
  const same = (one: Comparison) => one.a.join() === a.join() && one.b.join() === b.join();
  const found = exhibits.flatMap(({ trust }) => trust?.comparisons ?? []).find(same);
  return { ...(found ?? howShown(exhibits, ...a)), a, b, says: "" };
}

/**
 * What a placeholder stands for: `metric`, `chance`, `paper` and `cases` take a model and a metric of the manifest; `difference` takes
 * two of each, and says whether the two differ.
 */
function valueOf(words: readonly string[], exhibits: readonly ExhibitMeta[], models: Models): string | null {
  const [kind, model, metric, otherModel, otherMetric] = words;
  const part = ({ metric: "{value}", chance: "[{chance}]", paper: "[{paper}]", cases: "[{n}]" } as Record<string, string>)[kind];
  if (part && words.length === 3) return figureText(models, { ...howShown(exhibits, model, metric), of: [model, metric], says: part }) || null;
  if (kind !== "difference" || words.length !== 5) return null;
  const compared = comparisonOf(models, howCompared(exhibits, [model, metric], [otherModel, otherMetric]));
  return compared && `${compared.difference}, ${compared.real ? "a real difference" : "no measurable difference"}`;
}

/** The text with its figures. @param file names the text in an error */
export function withFigures(text: string, file: string, exhibits: readonly ExhibitMeta[], models: Models) {
  return text.replace(/\{\{([^{}]*)\}\}/g, (placeholder, inner: string) => {
    const words = inner.trim().split(/\s+/);
    const unknown = words.filter((_, i) => i % 2 === 1).find((model) => !(model in models));
    if (unknown) throw new Error(`${file}: models/manifest.json has no model ${unknown}, which ${placeholder} names`);
    const value = valueOf(words, exhibits, models);
    if (!value) throw new Error(`${file}: models/manifest.json does not hold what ${placeholder} asks for`);
    return value;
  });
}

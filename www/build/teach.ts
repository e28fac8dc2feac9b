// What a teacher needs of an exhibit: exhibits/NAME/teach.md, one file for each line of the start page, all in one form.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Token } from "marked";
import type { Entry, ExhibitMeta } from "../kit/meta";
import type { Models } from "../shell/trust";
import { withFigures } from "./figures";
import { itemsOf, linksIn, split, tokensOf, type Section } from "./markdown";

const WWW = path.resolve(import.meta.dirname, "..");

/** The sections of a file, in their order. */
export const SECTIONS = ["Goals", "Questions", "Predict", "Misconceptions", "Timing"] as const;
/** How long a lesson takes, as the sections of "Timing" say it. */
export const LESSONS = ["10 minutes", "45 minutes"] as const;
/** From and to. */
const COUNTS = { goals: [3, 3], questions: [3, 3], misconceptions: [2, 3], steps: [3, 7] } as const;

export interface Teaching {
  /** The file below www/. */
  file: string;
  /** Its pages' name, such as "captions-hard". */
  name: string;
  meta: ExhibitMeta;
  entry: Entry;
  /** The still that the start page has of it: "captions-1". */
  still: string;
  goals: Token[][];
  questions: Section[];
  predict: Token[];
  misconceptions: Section[];
  timing: { minutes: string; steps: Token[][] }[];
  /** The address of the exhibit as the prediction begins, from the site's folder: the first link of "Predict". */
  address: string;
}

/** The names of an exhibit's teaching files and pages, one for each of its entries. */
export function namesOf({ name, entries }: ExhibitMeta) {
  return entries.map(({ query }, i) => {
    const suffix = i === 0 ? "" : `-${new URLSearchParams(query).get("model") ?? i}`;
    return { file: `exhibits/${name}/teach${suffix}.md`, name: `${name}${suffix}`, still: i === 0 ? name : `${name}-${i}` };
  });
}

/** Reads one file. @throws what its form lacks, with the file's name */
export function teachingOf(text: string, { file, name, still }: Pick<Teaching, "file" | "name" | "still">, meta: ExhibitMeta, entry: Entry): Teaching {
  const insist = (holds: unknown, what: string) => {
    if (!holds) throw new Error(`${file}: ${what}`);
  };
  const within = (what: keyof typeof COUNTS, found: readonly unknown[] | null, where: string) => {
    const [least, most] = COUNTS[what];
    insist(found && found.length >= least && found.length <= most, `${where} holds ${least === most ? least : `${least} to ${most}`} ${what}, not ${found?.length ?? "something else"}`);
  };
  const { before: above, sections: titles } = split(tokensOf(text), 1);
  insist(above.length === 0 && titles.length === 1 && titles[0].title === entry.system, `it begins with the one line "# ${entry.system}"`);
  const { before, sections } = split(titles[0].body, 2);
  insist(before.length === 0 && sections.map(({ title }) => title).join() === SECTIONS.join(), `its sections are ${SECTIONS.join(", ")}`);
  const [goals, questions, predict, misconceptions, timing] = sections.map(({ body }) => body);

  const parts = (body: readonly Token[], where: string) => {
    const { before: loose, sections: found } = split(body, 3);
    insist(loose.length === 0 && found.every((one) => one.body.length > 0), `"${where}" holds headings of the third level, each with a text below it`);
    return found;
  };
  const lessons = parts(timing, "Timing");
  insist(lessons.map(({ title }) => title).join() === LESSONS.join(), `"Timing" holds ${LESSONS.join(" and ")}`);
  const made = {
    goals: itemsOf(goals) ?? [],
    questions: parts(questions, "Questions"),
    misconceptions: parts(misconceptions, "Misconceptions"),
    timing: lessons.map(({ title, body }) => ({ minutes: title, steps: itemsOf(body) ?? [] })),
  };
  within("goals", made.goals, `"Goals"`);
  within("questions", made.questions, `"Questions"`);
  within("misconceptions", made.misconceptions, `"Misconceptions"`);
  for (const { minutes, steps } of made.timing) within("steps", steps, `"${minutes}"`);
  const [address] = linksIn(predict);
  insist(address?.startsWith(`${meta.name}.html`), `the first link of "Predict" leads to ${meta.name}.html, where the prediction begins`);
  return { file, name, still, meta, entry, ...made, predict, address };
}

/** All that is taught, in the lecture's order. A test wants a file for every exhibit; the build does without. */
export async function teachingsOf(exhibits: readonly ExhibitMeta[], models: Models): Promise<Teaching[]> {
  const all = await Promise.all(
    exhibits.flatMap((meta) =>
      namesOf(meta).map(async (names, i) => {
        const file = path.join(WWW, names.file);
        if (!existsSync(file)) return [];
        const text = withFigures(await readFile(file, "utf8"), names.file, exhibits, models);
        return teachingOf(text, names, meta, meta.entries[i]);
      }),
    ),
  );
  return all.flat().sort((a, b) => a.entry.slides[0] - b.entry.slides[0]);
}

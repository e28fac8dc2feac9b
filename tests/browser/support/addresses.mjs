// The pages of the site, and the states of its exhibits that the tests open.
import { readdirSync } from "node:fs";

const folders = readdirSync(new URL("../../../www/exhibits/", import.meta.url), { withFileTypes: true }).filter((entry) => entry.isDirectory());
/** One a folder of www/exhibits. */
export const EXHIBITS = folders.map(({ name }) => `${name}.html`).sort();
/** The captioners that a page shows beside its first one. */
export const CAPTIONERS = ["captions.html?model=hard&sample=soccer", "captions.html?model=semantic&sample=dog"];
export const PAGES = ["index.html", ...EXHIBITS, "course.html", "data.html", "offline.html", "teachers.html", "glossary.html"];
/** One plan and one worksheet for each line of the start page: a file teach*.md beside the exhibit. */
const taught = folders.flatMap(({ name }) =>
  readdirSync(new URL(`../../../www/exhibits/${name}/`, import.meta.url)).flatMap((file) => /^teach(-[a-z]+)?\.md$/.exec(file)?.slice(1).map((suffix) => name + (suffix ?? "")) ?? []),
);
export const PLANS = taught.map((name) => `teach/${name}.html`).sort();
export const WORKSHEETS = taught.map((name) => `teach/${name}-worksheet.html`).sort();
/** Former addresses and where they lead. */
export const MOVED = { "mix.html": "soft-lab.html", "boxes.html": "crop-lab.html" };

// The pages of the site, and the states of its exhibits that the tests open.
import { readdirSync } from "node:fs";

const folders = readdirSync(new URL("../../../www/exhibits/", import.meta.url), { withFileTypes: true }).filter((entry) => entry.isDirectory());
/** One a folder of www/exhibits. */
export const EXHIBITS = folders.map(({ name }) => `${name}.html`).sort();
/** The captioners that a page shows beside its first one. */
export const CAPTIONERS = ["captions.html?model=hard&sample=soccer", "captions.html?model=semantic&sample=dog"];
export const PAGES = ["index.html", ...EXHIBITS, "course.html", "data.html"];
/** Former addresses and where they lead. */
export const MOVED = { "mix.html": "soft-lab.html", "boxes.html": "crop-lab.html" };

// The module by which the start page knows what can be searched for: written of the exhibits and the slides.
import type { Plugin } from "vite";
import { searchEntries } from "../lobby/search-entries";
import { slides } from "../lobby/slides";
import { pathOf } from "../shell/path";
import { glossaryEntries } from "./glossary";
import { exhibitsOf } from "./pages";

const ID = "virtual:search";

export const searchPlugin = (): Plugin => ({
  name: "glimpse-search",
  resolveId: (id) => (id === ID ? `\0${ID}` : null),
  load: async (id) => (id === `\0${ID}` ? `export const entries = ${JSON.stringify([...searchEntries(pathOf(await exhibitsOf()), slides), ...(await glossaryEntries())])};` : null),
});

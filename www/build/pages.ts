// The site's HTML pages: none is a file of its own, all are made of the exhibits' meta.ts.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { runnerImport, type Plugin, type ViteDevServer } from "vite";
import type { ExhibitMeta } from "../kit/meta";
import { pathOf } from "../shell/path";
import { coursePage } from "./course-html";
import { dataPage, type ManifestModels } from "./data-html";
import { glossary } from "./glossary";
import { offlinePage } from "./offline-html";
import { documentOf, exhibitPage, markup, movedPage } from "./page-html";
import { startPage } from "./start-html";
import { teachingsOf, type Teaching } from "./teach";
import { glossaryPage, teacherPage, teachersPage, worksheetPage } from "./teach-html";
import { THEME } from "./theme";

const WWW = path.resolve(import.meta.dirname, "..");
const MANIFEST = path.resolve(WWW, "../models/manifest.json");
/** Addresses that links of former versions name, and the exhibit that stands there now. */
export const MOVED: Record<string, string> = { mix: "soft-lab", boxes: "crop-lab" };

/** All exhibits in the lecture's order. */
export async function exhibitsOf(): Promise<readonly ExhibitMeta[]> {
  const { module } = await runnerImport<{ exhibits: readonly ExhibitMeta[] }>(path.join(WWW, "exhibits/index.ts"), { configFile: false, root: WWW });
  return module.exhibits;
}

/** The pages for teachers, and the glossary. */
async function teachingPages(teachings: readonly Teaching[]) {
  const room = "teach";
  const pages: Record<string, string> = {
    "teachers.html": documentOf({ title: "For teachers · Glimpse", description: "Plans, questions and worksheets for each exhibit of Glimpse.", body: await markup(teachersPage(teachings)), room }),
    "glossary.html": documentOf({ title: "Glossary · Glimpse", description: "Every term of the lessons, with its slides and its exhibits.", body: await markup(glossaryPage(await glossary())), room }),
  };
  for (const teaching of teachings) {
    const { name, entry: { system } } = teaching;
    const rest = { room, home: "../" };
    pages[`teach/${name}.html`] = documentOf({ title: `Teaching: ${system} · Glimpse`, description: `How to teach: ${system}, in 10 or in 45 minutes.`, body: await markup(teacherPage(teaching)), ...rest });
    pages[`teach/${name}-worksheet.html`] = documentOf({ title: `Worksheet: ${system} · Glimpse`, description: `A worksheet of one page: ${system}.`, body: await markup(worksheetPage(teaching)), ...rest });
  }
  return pages;
}

async function pagesOf(exhibits: readonly ExhibitMeta[]) {
  const { models }: { models: ManifestModels } = JSON.parse(await readFile(MANIFEST, "utf8"));
  const path = pathOf(exhibits);
  const teachings = await teachingsOf(exhibits, models);
  const pages = await teachingPages(teachings);
  pages["index.html"] = documentOf({
    title: "Glimpse: see how attention models work",
    description: "The lecture Attention Models, 31 slides, live: see how attention models work, in your own browser.",
    body: await markup(await startPage(path)),
    room: "start",
  });
  pages["data.html"] = documentOf({
    title: "Data and terms · Glimpse",
    description: "The data and the terms under which each model was trained.",
    body: await markup(dataPage(models, exhibits)),
    room: "data",
  });
  pages["course.html"] = documentOf({
    title: "A course · Glimpse",
    description: "One lesson on attention in eight activities, each ready to be shown.",
    body: await markup(coursePage(exhibits, THEME)),
    room: "course",
  });
  pages["offline.html"] = documentOf({
    title: "Take it offline · Glimpse",
    description: "Choose exhibits to have without a network, on this device.",
    body: await markup(offlinePage()),
    room: "offline",
  });
  for (const meta of exhibits) {
    const { name, title, description, hasOwnCore } = meta;
    pages[`${name}.html`] = documentOf({ title: `${title} · Glimpse`, description, body: await markup(exhibitPage(meta, models, teachings.filter((one) => one.meta === meta), path)), exhibit: name, hasOwnCore, room: "exhibit" });
  }
  for (const [old, name] of Object.entries(MOVED)) {
    const meta = exhibits.find((one) => one.name === name);
    if (!meta) continue;
    const head = `<meta name="robots" content="noindex">\n`;
    pages[`${old}.html`] = documentOf({ title: `${meta.title} · Glimpse`, description: meta.description, body: await markup(movedPage(meta)), room: "moved", head });
  }
  return pages;
}

/** Serves the pages while developing and lays them out in the build. */
export async function pagesPlugin(): Promise<Plugin> {
  let pages = await pagesOf(await exhibitsOf());
  const named = (id: string) => {
    const name = path.relative(WWW, id);
    return name in pages ? name : null;
  };
  return {
    name: "glimpse-pages",
    enforce: "pre",
    config: () => ({ build: { rolldownOptions: { input: Object.keys(pages).map((name) => path.join(WWW, name)) } } }),
    resolveId: (id) => (named(id) ? id : null),
    load(id) {
      const name = named(id);
      return name ? pages[name] : null;
    },
    transformIndexHtml: {
      order: "post",
      // What an exhibit's page needs is asked for at once, not one chunk after another.
      handler(_html, { bundle, path: address }) {
        const exhibit = /^\/([^/]+)\.html$/.exec(address)?.[1];
        const entry = Object.values(bundle ?? {}).find((chunk) => chunk.type === "chunk" && chunk.moduleIds.some((id) => id.endsWith(`/exhibits/${exhibit}/page.ts`)));
        if (entry?.type !== "chunk") return [];
        return [entry.fileName, ...entry.imports].map((href) => ({ tag: "link", attrs: { rel: "modulepreload", crossorigin: true, href: `./${href}` }, injectTo: "head" as const }));
      },
    },
    configureServer(server: ViteDevServer) {
      server.watcher.on("change", async (file) => {
        if (!/(meta|-html|settings-form|trust|path|slides|search-entries)\.ts$|www\/(exhibits|glossary)\/.*\.md$/.test(file) && path.resolve(file) !== MANIFEST) return;
        pages = await pagesOf(await exhibitsOf());
        server.ws.send({ type: "full-reload" });
      });
      server.middlewares.use(async (request, response, next) => {
        const { pathname } = new URL(request.url ?? "/", "http://localhost");
        const name = pathname.slice(1) || "index.html";
        if (!(name in pages)) return next();
        response.setHeader("content-type", "text/html; charset=utf-8");
        response.end(await server.transformIndexHtml(pathname, pages[name]));
      });
    },
  };
}

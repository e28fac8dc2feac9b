// Builds the page: every module in a few chunks, the pages' HTML out of the exhibits' meta.ts, equations out of TeX.
import path from "node:path";
import { defineConfig } from "vite";
import { glossaryPlugin } from "./build/glossary";
import { exhibitsOf, pagesPlugin } from "./build/pages";
import { searchPlugin } from "./build/search";
import { siteFiles } from "./build/site-files";
import { texPlugin } from "./build/tex";

const WWW = import.meta.dirname;

export default defineConfig(async () => {
  const chapters = Object.fromEntries((await exhibitsOf()).map(({ name, chapter }) => [name, chapter]));
  /** An exhibit's modules go into the chunk of its chapter: few requests, and no page loads the whole lecture. Two small chapters share one. */
  const chunkOf = (id: string) => {
    const chapter = chapters[/\/exhibits\/([^/]+)\//.exec(path.posix.normalize(id))?.[1] ?? ""];
    return chapter ? `exhibits-${chapter === "writing" ? "looking" : chapter}` : null;
  };
  return {
    root: WWW,
    base: "./",
    publicDir: "public",
    // The heatmaps' shader lies beside its Rust twin, outside www/.
    server: { fs: { allow: [path.resolve(WWW, "..")] } },
    optimizeDeps: { include: ["lit/html.js", "lit/directives/live.js"] },
    build: {
      outDir: path.resolve(WWW, "../site"),
      emptyOutDir: true,
      assetsDir: "page",
      cssCodeSplit: false,
      modulePreload: { polyfill: false },
      target: "es2022",
      rolldownOptions: {
        output: {
          // The stills are kept like the samples, after their first use: no visit of an exhibit waits for them.
          assetFileNames: ({ names }: { names: string[] }) => (names.includes("stills.webp") ? "samples/[name]-[hash][extname]" : "page/[name]-[hash][extname]"),
          codeSplitting: {
            groups: [
              { name: "shell", test: /\/www\/((kit|run|stage|inputs|shell)\/(?!engine-|gaze|keep\.|heat-gpu|arrows|keys|spoken|clip|clutter|digits|hand\.|pad\.|strokes|warp|shipped|present\.|presets|share|course|exports\/)|lobby\/(stills|lobby\.css))|\/node_modules\/lit(-html)?\//, priority: 3 },
              // Not needed for the first frame: what measures, presents, searches, draws by the GPU, and the pages without an exhibit.
              { name: "aside", test: /\/www\/(stage\/heat-gpu|inputs\/keys|shell\/(engine-|present\.|course|spoken)|kit\/(presets|gaze|arrows)|exhibits\/your-model\/(graph|fold)|lobby\/(course|data|find|search-index|teach))|virtual:search/, priority: 2 },
              // Loaded by the page that takes exhibits offline.
              { name: "keep", test: /\/www\/(lobby\/offline|run\/keep\.)|virtual:keep/, priority: 1 },
              // Loaded when someone shares; worksheets have a QR code, too.
              { name: "share", test: /\/www\/shell\/(share|presets)/, priority: 1 },
              // Loaded when someone exports.
              { name: "exports", test: /\/www\/shell\/exports\/(?!film)/, priority: 1 },
              { name: "film", test: /\/www\/shell\/exports\/film|\/node_modules\/(gifenc|mediabunny)\//, priority: 1 },
              // Loaded for a text that a tokenizer.json splits.
              { name: "tokenizer", test: /\/your-model\/json-tokenizer|\/node_modules\/@huggingface\//, priority: 1 },
              { name: "qr", test: /\/node_modules\/qr\//, priority: 1 },
              { name: (id: string) => chunkOf(id), test: /\/exhibits\/[^/]+\// },
              { name: "main", test: /\/www\/(main|lobby\/)/ },
            ],
          },
        },
      },
    },
    plugins: [texPlugin(), glossaryPlugin(), await pagesPlugin(), searchPlugin(), siteFiles()],
  };
});

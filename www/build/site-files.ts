// What the site carries beside the page: the wasm core, the models and the recorded runs, each under a name that carries the hash of
// its bytes, and site.json, which lists them. While developing the same addresses are answered without anything being written.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin, PluginOption, ViteDevServer } from "vite";
import type { Entry } from "../run/recordings";
import type { CoreFiles, Site, SiteModel } from "../run/site";
import { keptExhibits } from "./keep";
import { offline } from "./offline";
import { exhibitsOf } from "./pages";

const WWW = path.resolve(import.meta.dirname, "..");
const ROOT = path.resolve(WWW, "..");
const MODELS = path.join(ROOT, "models");
const RECORDINGS = path.join(WWW, "recordings");
/** Where the core lies as wasm-bindgen wrote it; a development build is preferred while developing. */
const WASM = { build: ["target/site-wasm"], serve: ["target/site-wasm-dev", "target/site-wasm"] };
/** The second core, for "Your model". The development server can do without it. */
const ONNX = "target/site-onnx";

const TYPES: Record<string, string> = { ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };

/** A model in models/manifest.json. */
type ManifestModel = Omit<SiteModel, "files"> & { files: { name: string; path: string; sha256: string; bytes: number }[] };

interface Layout {
  wasm: CoreFiles;
  onnx: CoreFiles | null;
  models: Site["models"];
  recordings: Entry[];
  /** Every file's content by its address below the site's folder. */
  contents: Map<string, () => Promise<Uint8Array>>;
}

const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");

/** "name.ext" with enough of the hash to tell two builds apart. */
function hashed(file: string, hash: string) {
  const { dir, name, ext } = path.posix.parse(file);
  return path.posix.join(dir, `${name}.${hash.slice(0, 12)}${ext}`);
}

/** The folder of the core for a build or for development. */
function wasmFolder(command: "build" | "serve") {
  const folders = WASM[command].map((folder) => path.join(ROOT, folder));
  const found = folders.find((folder) => existsSync(path.join(folder, "glimpse_bg.wasm")));
  if (!found) throw new Error(`${WASM[command].join(" and ")} hold no glimpse_bg.wasm: ./build.sh builds it`);
  return found;
}

/** The glue names its wasm, so it is told the wasm's hashed name. */
async function layOutWasm(folder: string, name: string, contents: Layout["contents"]): Promise<CoreFiles> {
  const wasm = await readFile(path.join(folder, `${name}_bg.wasm`));
  const wasmHash = sha256(wasm);
  const wasmUrl = hashed(`wasm/${name}_bg.wasm`, wasmHash);
  const plainGlue = await readFile(path.join(folder, `${name}.js`), "utf8");
  const glue = Buffer.from(plainGlue.replaceAll(`${name}_bg.wasm`, path.posix.basename(wasmUrl)));
  const glueHash = sha256(glue);
  const glueUrl = hashed(`wasm/${name}.js`, glueHash);
  contents.set(wasmUrl, async () => wasm);
  contents.set(glueUrl, async () => glue);
  return { js: glueUrl, wasm: wasmUrl, bytes: { js: glue.length, wasm: wasm.length }, sha256: { js: glueHash, wasm: wasmHash } };
}

async function layOutOnnx(contents: Layout["contents"]) {
  const folder = path.join(ROOT, ONNX);
  return existsSync(path.join(folder, "glimpse_onnx_bg.wasm")) ? layOutWasm(folder, "glimpse_onnx", contents) : null;
}

function layOutModel(id: string, model: ManifestModel, contents: Layout["contents"]): SiteModel {
  const files: SiteModel["files"] = {};
  for (const { name, path: source, sha256: expected, bytes } of model.files) {
    const url = hashed(`models/${id}/${path.posix.basename(source)}`, expected);
    contents.set(url, async () => {
      const content = await readFile(path.join(MODELS, source));
      if (sha256(content) !== expected || content.length !== bytes) {
        throw new Error(`models/${source} is not the file models/manifest.json describes: run python -m train.common.manifest in models/`);
      }
      return content;
    });
    files[name] = { url, bytes, sha256: expected };
  }
  const { title, licence, data, paper, opset, metrics, confidence } = model;
  return { title, licence, data, paper, opset, metrics, confidence, files };
}

/** Recorded runs are packed here, since not every host packs what it sends: run/recordings.ts unpacks them. */
async function layOutRecordings(contents: Layout["contents"]): Promise<Entry[]> {
  const index: Entry[] = JSON.parse(await readFile(path.join(RECORDINGS, "index.json"), "utf8"));
  return Promise.all(
    index.map(async (entry) => {
      const content = gzipSync(await readFile(path.join(RECORDINGS, entry.file)), { level: 9 });
      const file = hashed(`recordings/${path.posix.parse(entry.file).name}.run`, sha256(content));
      contents.set(file, async () => content);
      return { ...entry, file };
    }),
  );
}

async function layOut(command: "build" | "serve"): Promise<Layout> {
  const contents: Layout["contents"] = new Map();
  const manifest: { models: Record<string, ManifestModel> } = JSON.parse(await readFile(path.join(MODELS, "manifest.json"), "utf8"));
  const models = Object.fromEntries(Object.entries(manifest.models).map(([id, model]) => [id, layOutModel(id, model, contents)]));
  const wasm = await layOutWasm(wasmFolder(command), "glimpse", contents);
  return { wasm, onnx: await layOutOnnx(contents), models, recordings: await layOutRecordings(contents), contents };
}

const module = (exports: Record<string, unknown>) =>
  Object.entries(exports)
    .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`)
    .join("");

const ofEach = <T>(models: Site["models"], part: (model: SiteModel) => T) => Object.fromEntries(Object.entries(models).map(([id, model]) => [id, part(model)]));

/** The modules by which the page knows the files' names without asking for site.json first. */
function virtualModules(layout: () => Promise<Layout>): Plugin {
  const made: Record<string, (layout: Layout) => string | Promise<string>> = {
    "virtual:site": ({ wasm, onnx, models }) => module({ wasm, onnx, files: ofEach(models, ({ files }) => files) }),
    "virtual:confidences": ({ models }) => module({ confidences: ofEach(models, ({ confidence }) => confidence) }),
    "virtual:recordings": ({ recordings }) => module({ recordings }),
    "virtual:keep": async (layout) => module({ kept: await keptExhibits(await exhibitsOf(), layout) }),
  };
  return {
    name: "glimpse-site-names",
    resolveId: (id) => (id in made ? `\0${id}` : null),
    load: async (id) => (id.startsWith("\0virtual:") ? made[id.slice(1)]?.(await layout()) : null),
  };
}

/** Answers for the files while developing, and reloads the page when one of them has changed. */
function serveFiles(server: ViteDevServer, layout: () => Promise<Layout>, changed: () => void) {
  const watched = [path.join(wasmFolder("serve"), "glimpse_bg.wasm"), path.join(MODELS, "manifest.json"), path.join(RECORDINGS, "index.json")];
  server.watcher.add(watched);
  let waiting: NodeJS.Timeout | undefined;
  server.watcher.on("all", (_event, file) => {
    if (!watched.includes(path.resolve(file))) return;
    // The files are written one after the other.
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      changed();
      for (const id of ["\0virtual:site", "\0virtual:confidences", "\0virtual:recordings"]) {
        const found = server.moduleGraph.getModuleById(id);
        if (found) server.moduleGraph.invalidateModule(found);
      }
      server.ws.send({ type: "full-reload" });
    }, 300);
  });
  server.middlewares.use(async (request, response, next) => {
    const url = new URL(request.url ?? "/", "http://localhost").pathname.slice(1);
    try {
      const { contents, wasm, onnx, models } = await layout();
      const content = url === "site.json" ? Buffer.from(siteJson({ version: "development", wasm, onnx, models })) : await contents.get(url)?.();
      if (!content) return next();
      response.setHeader("content-type", TYPES[path.extname(url)] ?? "application/octet-stream");
      response.setHeader("content-length", content.length);
      response.end(content);
    } catch (error) {
      next(error);
    }
  });
}

const siteJson = (site: Site) => JSON.stringify(site);

/** The site's files, the modules that name them, and the service worker that keeps them. */
export function siteFiles(): PluginOption[] {
  let command: "build" | "serve" = "build";
  let made: Promise<Layout> | undefined;
  const layout = () => (made ??= layOut(command));
  const names = virtualModules(layout);
  const files: Plugin = {
    name: "glimpse-site-files",
    config(_config, env) {
      command = env.command;
      return { worker: { format: "es", plugins: () => [names] } };
    },
    configureServer: (server) => serveFiles(server, layout, () => (made = undefined)),
    async writeBundle({ dir }, bundle) {
      if (!dir) throw new Error("the site is written into a folder");
      const { wasm, onnx, models, contents } = await layout();
      const write = async (url: string, content: Uint8Array | string) => {
        const file = path.join(dir, url);
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, content);
      };
      for (const [url, content] of contents) await write(url, await content());
      const page = Object.values(bundle).map((file) => [file.fileName, sha256(file.type === "chunk" ? file.code : file.source)]);
      const version = sha256(JSON.stringify([page, [...contents.keys()]])).slice(0, 12);
      await write("site.json", siteJson({ version, wasm, onnx, models }));
    },
  };
  return [files, names, offline(names)];
}

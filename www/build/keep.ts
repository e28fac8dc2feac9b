// What each exhibit needs without a network: the files of its models, its core, its recorded runs and its samples, with their lengths and
// digests, for the page that keeps them (lobby/offline.ts).
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { ExhibitMeta } from "../kit/meta";
import type { KeptExhibit, KeptFile } from "../run/keep";
import type { Entry } from "../run/recordings";
import type { CoreFiles, Site } from "../run/site";

const PUBLIC = path.resolve(import.meta.dirname, "../public");

interface Made {
  wasm: CoreFiles;
  onnx: CoreFiles | null;
  models: Site["models"];
  recordings: Entry[];
  contents: Map<string, () => Promise<Uint8Array>>;
}

const described = (cache: KeptFile["cache"], url: string, content: Uint8Array): KeptFile => ({ cache, url, bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") });

const coreFiles = ({ js, wasm, bytes, sha256 }: CoreFiles): KeptFile[] => [
  { cache: "core", url: js, bytes: bytes.js, sha256: sha256.js },
  { cache: "core", url: wasm, bytes: bytes.wasm, sha256: sha256.wasm },
];

async function samplesOf({ file }: ExhibitMeta) {
  const names = file?.samples?.map((sample) => `samples/${sample.name}.${file.accept.startsWith("video") ? "clip." : ""}jpg`) ?? [];
  return Promise.all(names.map(async (url) => described("shown", url, await readFile(path.join(PUBLIC, url)))));
}

/** In the lecture's order. */
export async function keptExhibits(exhibits: readonly ExhibitMeta[], { wasm, onnx, models, recordings, contents }: Made): Promise<KeptExhibit[]> {
  const runs = async (name: string) => {
    const own = recordings.filter(({ page }) => page.split("?")[0] === `${name}.html`);
    return Promise.all(own.map(async ({ file }) => described("shown", file, (await contents.get(file)?.()) ?? new Uint8Array())));
  };
  return Promise.all(
    exhibits.map(async (meta) => {
      const core = meta.hasOwnCore ? onnx : wasm;
      const ofModels = Object.keys(meta.cards).flatMap((id) => Object.values(models[id]?.files ?? {}).map((file): KeptFile => ({ cache: "models", ...file })));
      return { name: meta.name, title: meta.title, files: [...(core ? coreFiles(core) : []), ...ofModels, ...(await runs(meta.name)), ...(await samplesOf(meta))] };
    }),
  );
}

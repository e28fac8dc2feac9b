// A wasm core with its JavaScript side: fetched, compiled while it comes in, and given only if its bytes are the right ones.
import type { Progress } from "../kit/types";
import { nameOf } from "./download";
import type { ModelStore } from "./model-store";
import { counter } from "./progress";
import { Refusal } from "./refusal";
import type { CoreFiles } from "./site";

/** What every core's JavaScript side exports by default. */
interface Startable {
  default(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
}

/** @param name what the progress bar calls it */
export async function compiledCore<C extends Startable>(store: ModelStore, files: CoreFiles, name: string, told: (progress: Progress) => void): Promise<C> {
  if (typeof WebAssembly !== "object") throw new Refusal("no-wasm", "this browser has no WebAssembly");
  const [core, module] = await Promise.all([glueOf<C>(store, files), moduleOf(store, files, name, told)]);
  await core.default({ module_or_path: module });
  return core;
}

/** The JavaScript side. It is fetched and compared first, so that the browser then takes it from its own cache. */
async function glueOf<C>(store: ModelStore, { js, bytes, sha256 }: CoreFiles): Promise<C> {
  await store.loadCore({ url: js, bytes: bytes.js, sha256: sha256.js });
  return import(/* @vite-ignore */ store.addressOf(js)).catch(() => {
    throw new Refusal("host", `This host sent something else where ${nameOf(store.addressOf(js))} should be.`);
  });
}

async function moduleOf(store: ModelStore, { wasm, bytes, sha256 }: CoreFiles, name: string, told: (progress: Progress) => void) {
  let streamed: Promise<WebAssembly.Module> | undefined;
  const begun = (answer: Response) => {
    streamed = WebAssembly.compileStreaming?.(answer);
    // An answer that is not the core is compiled in vain.
    streamed?.catch(() => {});
  };
  const file = { url: wasm, bytes: bytes.wasm, sha256: sha256.wasm };
  const whole = await store.loadCore(file, { count: counter(name, bytes.wasm, told), begun });
  const compiled = await streamed?.catch(() => null);
  return compiled ?? WebAssembly.compile(whole).catch((error) => Promise.reject(notCompiled(error)));
}

/** Why a core, whole and sound, cannot be compiled. */
function notCompiled(error: Error) {
  if (/unsafe-eval|content security|\bCSP\b/i.test(error.message)) return new Refusal("no-wasm-allowed", error.message);
  return error instanceof WebAssembly.CompileError ? new Refusal("too-old", error.message) : error;
}

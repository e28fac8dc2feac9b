// A module of the page by itself, for tests that call its functions: the site holds them only in chunks.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../../../www/node_modules/vite/dist/node/index.js";

const WWW = fileURLToPath(new URL("../../../www/", import.meta.url));

/** Makes `www/NAME.ts`, with all that it imports, one module that `page` can import, and answers its address. */
export async function pageModule(page, base, name) {
  const { output } = await build({
    configFile: false,
    root: WWW,
    logLevel: "error",
    publicDir: false,
    build: { write: false, lib: { entry: path.join(WWW, `${name}.ts`), formats: ["es"], fileName: "module" } },
  }).then((made) => (Array.isArray(made) ? made[0] : made));
  const address = `${base}tested/${name}.js`;
  await page.route(address, (route) => route.fulfill({ contentType: "text/javascript", body: output[0].code }));
  return address;
}

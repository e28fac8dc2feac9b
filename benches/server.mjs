// Serves several folders under names of their own, compressed as a host would, with the headers that give the page fine clocks.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json", ".wasm": "application/wasm", ".jpg": "image/jpeg", ".svg": "image/svg+xml" };
/** Compressing more would save nothing: pictures are, and int8 weights are dense. */
const COMPRESSED = new Set([".html", ".css", ".js", ".mjs", ".json", ".wasm", ".svg"]);

/** @param {Record<string, string>} folders by the first part of their address */
export async function serveFolders(folders) {
  const kept = new Map();
  const answer = async (pathname) => {
    const [, name, ...rest] = pathname.split("/");
    const folder = folders[name];
    if (!folder) return null;
    const file = path.join(folder, ...rest);
    if (!file.startsWith(folder) || kept.has(file)) return kept.get(file) ?? null;
    const body = await readFile(file).catch(() => null);
    if (!body) return null;
    const ext = path.extname(file);
    const packed = COMPRESSED.has(ext);
    const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
    const made = { type: TYPES[ext] ?? "application/octet-stream", body: packed ? brotliCompressSync(body, options) : body, packed };
    kept.set(file, made);
    return made;
  };
  const server = createServer(async (request, response) => {
    const found = await answer(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    if (!found) return void response.writeHead(404).end();
    response.writeHead(200, {
      "content-type": found.type,
      "content-length": found.body.length,
      "cache-control": "no-cache",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      ...(found.packed ? { "content-encoding": "br" } : {}),
    });
    response.end(found.body);
  });
  await new Promise((resolve) => server.listen(0, resolve));
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}

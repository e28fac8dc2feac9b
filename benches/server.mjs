// Serves several folders under names of their own as a host would: compressed, with a validator, what carries a hash or a version in
// its name for ever, all else to be revalidated; and, where it is asked to, as slowly as a network that lies between. It slows the
// answers itself, so that what workers ask for is slowed as what the page asks for.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json", ".wasm": "application/wasm", ".jpg": "image/jpeg", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8" };
/** What hosts compress; pictures are, and files of a type that they do not know they send as they are. */
const COMPRESSED = new Set([".html", ".css", ".js", ".mjs", ".json", ".wasm", ".svg", ".txt"]);
/** Hashed names of the site, and folders whose address carries a version. */
const FOR_EVER = /\.[0-9a-f]{12}\.\w+$|^\/(ort|weights)\//;
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
/** As much as is sent at once on a slow network. */
const PIECE = 8192;

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A line that all answers share. `network` is {latency, bytesPerSecond}, milliseconds a round trip; without one, nothing is slowed. */
class Line {
  network = null;
  #free = 0;
  #met = new WeakSet();

  /** A round trip for the answer, and one before it for a connection that is new. */
  async reach(socket) {
    if (!this.network) return;
    const trips = this.#met.has(socket) ? 1 : 2;
    this.#met.add(socket);
    await sleep(trips * this.network.latency);
  }

  async send(response, body) {
    for (let at = 0; at < body.length && this.network; at += PIECE) {
      const piece = body.subarray(at, at + PIECE);
      const now = performance.now();
      this.#free = Math.max(now, this.#free) + (1000 * piece.length) / this.network.bytesPerSecond;
      await sleep(this.#free - now);
      response.write(piece);
    }
    response.end(this.network ? undefined : body);
  }
}

/**
 * @param {Record<string, string | {folder: string, edit: (file: string, body: Buffer) => Buffer}>} folders by the first part of their
 * address; `edit` changes files on their way
 */
export async function serveFolders(folders) {
  const kept = new Map();
  /** What was compressed, by the hash of what it was made from: the same file may lie in several folders. */
  const compressed = new Map();
  const line = new Line();
  /** What was sent: {path, bytes, at, end}, in milliseconds since 1970. */
  const log = [];
  const find = async (pathname) => {
    if (kept.has(pathname)) return kept.get(pathname);
    const [, name, ...rest] = pathname.split("/");
    if (!folders[name]) return null;
    const { folder, edit } = typeof folders[name] === "string" ? { folder: folders[name] } : folders[name];
    const file = path.join(folder, ...rest);
    if (!file.startsWith(folder + path.sep)) return null;
    const plain = await readFile(file).catch(() => null);
    if (!plain) return null;
    const body = edit?.(rest.join("/"), plain) ?? plain;
    const ext = path.extname(file);
    const packed = COMPRESSED.has(ext);
    const hash = createHash("sha256").update(body).digest("hex").slice(0, 16);
    if (packed && !compressed.has(hash)) compressed.set(hash, brotliCompressSync(body, QUALITY));
    const made = {
      body: packed ? compressed.get(hash) : body,
      headers: {
        "content-type": TYPES[ext] ?? "application/octet-stream",
        "cache-control": FOR_EVER.test(pathname) ? "public, max-age=31536000, immutable" : "no-cache",
        etag: `"${hash}"`,
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
        ...(packed ? { "content-encoding": "br", vary: "accept-encoding" } : {}),
      },
    };
    kept.set(pathname, made);
    return made;
  };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const entry = { path: pathname, bytes: 0, at: Date.now(), end: Infinity };
    log.push(entry);
    const found = await find(decodeURIComponent(pathname));
    await line.reach(request.socket);
    response.on("finish", () => (entry.end = Date.now()));
    if (!found) return void response.writeHead(404).end();
    if (request.headers["if-none-match"] === found.headers.etag) return void response.writeHead(304, found.headers).end();
    entry.bytes = found.body.length;
    response.writeHead(200, { ...found.headers, "content-length": found.body.length });
    await line.send(response, found.body);
  });
  await new Promise((resolve) => server.listen(0, resolve));
  return {
    url: `http://localhost:${server.address().port}/`,
    log,
    line,
    close: () => server.close(),
  };
}

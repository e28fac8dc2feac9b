// The static server of `./build.sh serve` and of the browser tests. It does what any static host does and no more:
// files below one folder, under any sub-path, no rewriting, no special headers.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".jpg": "image/jpeg",
  ".png": "image/png",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".txt": "text/plain; charset=utf-8",
  ".wgsl": "text/plain; charset=utf-8",
};

/** The file below `root` that a request for `pathname` names, or null when it names none. */
async function resolveFile(root, prefix, pathname) {
  if (!pathname.startsWith(prefix)) return null;
  const relative = pathname.slice(prefix.length);
  const file = path.join(root, relative.endsWith("/") || relative === "" ? `${relative}index.html` : relative);
  if (!file.startsWith(root + path.sep)) return null;
  const found = await stat(file).catch(() => null);
  return found?.isFile() ? { file, size: found.size } : null;
}

/**
 * Serves `root` below `prefix` ("/" or "/some/where/").
 * `onRequest({path, at})` may return a promise: the answer then waits for it.
 */
export async function serve({ root, prefix = "/", port = 0, onRequest }) {
  const folder = path.resolve(root);
  const server = createServer(async (request, response) => {
    const pathname = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    await onRequest?.({ path: pathname, at: Date.now() });
    const found = await resolveFile(folder, prefix, pathname);
    if (!found) {
      response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
      return;
    }
    response.writeHead(200, {
      "content-type": TYPES[path.extname(found.file)] ?? "application/octet-stream",
      "content-length": found.size,
      "cache-control": "no-cache",
    });
    if (request.method === "HEAD") response.end();
    else createReadStream(found.file).pipe(response);
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, resolve));
  return {
    url: `http://localhost:${server.address().port}${prefix}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [root, port] = process.argv.slice(2);
  try {
    const { url } = await serve({ root, port: Number(port) });
    console.log(`Glimpse is at ${url} (Ctrl-C ends it)`);
  } catch (error) {
    const taken = error.code === "EADDRINUSE";
    console.error(taken ? `port ${port} is taken: PORT=8081 ./build.sh takes another` : error.message);
    process.exitCode = 1;
  }
}

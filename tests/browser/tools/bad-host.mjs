// Serves the site as hosts and networks do that are broken, strict or in between, for tests/browser/hosts.test.mjs. What is wrong
// can be changed while it runs, so that a host gets well under an open page.
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { TYPES } from "./server.mjs";

const SIGN_IN = "<!doctype html><title>Sign in</title><h1>Welcome to the guest network</h1><form><button>Accept</button></form>";

const extensionOf = (file) => path.extname(file).slice(1);

async function read(root, file) {
  const whole = path.join(root, path.normalize(file));
  const found = await stat(whole).catch(() => null);
  if (found?.isDirectory()) return read(root, path.join(file, "index.html"));
  return found ? { bytes: await readFile(whole), type: TYPES[path.extname(whole)] ?? "application/octet-stream" } : null;
}

/** A share of all answers, the same ones each time. */
function seeded() {
  let seed = 12345;
  return () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
}

/**
 * What may be wrong, each for the files that `files` (a RegExp) matches:
 * `gone`: 200 with the start page; `missing`: 404; `portal`: so many first answers are a sign-in page; `short`: the first half, as if it
 * were all; `flipped`: one byte is another; `brokenOff`: the connection ends in the middle, so many times; `stalled`: the same, and it
 * stays open; `errors`: the share of answers that are 503; `headers`: more of them, `type` in place of the right one. Beside that
 * `ranges`: the host answers parts; `cleanUrls`: /x.html leads to /x; `folder`: another folder is served; `hook(file, response)` answers first.
 */
export async function badHost(root, faults = {}) {
  let now = faults;
  let answered = 0;
  let random = seeded();
  const requests = [];

  async function answer(request, response) {
    const url = new URL(request.url, "http://host");
    let file = decodeURIComponent(url.pathname.slice(1));
    requests.push({ file, range: request.headers.range });
    const isBad = (now.files ?? /./).test(file);
    const html = (bytes) => response.writeHead(200, { "content-type": "text/html" }).end(bytes);
    if (await now.hook?.(file, response)) return;
    if (isBad && now.errors && random() < now.errors) return response.writeHead(503).end("try later");
    if (isBad && answered < (now.portal ?? 0)) {
      answered++;
      return html(SIGN_IN);
    }
    if (now.cleanUrls) {
      if (file.endsWith(".html")) return response.writeHead(308, { location: `/${file.replace(/(index)?\.html$/, "")}${url.search}` }).end();
      if (file && !extensionOf(file)) file += ".html";
    }
    if (isBad && now.missing) return response.writeHead(404, { "content-type": "text/html" }).end("<h1>404</h1>");
    if (isBad && now.gone) return html((await read(root, "index.html")).bytes);
    const found = await read(now.folder ?? root, file);
    if (!found) return response.writeHead(404, { "content-type": "text/html" }).end("<h1>404</h1>");
    let { bytes } = found;
    if (isBad && now.short) bytes = bytes.subarray(0, bytes.length >> 1);
    if (isBad && now.flipped) {
      bytes = Buffer.from(bytes);
      bytes[bytes.length >> 1] ^= 0x20;
    }
    const tag = `"${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}"`;
    const headers = { "content-type": (isBad && now.type) || found.type, "cache-control": now.caching ?? "no-cache", ...(isBad ? now.headers : {}) };
    const [, start] = (now.ranges && /^bytes=(\d+)-$/.exec(request.headers.range ?? "")) || [];
    if (now.ranges) Object.assign(headers, { etag: tag, "accept-ranges": "bytes" });
    const isPart = start !== undefined && [undefined, tag].includes(request.headers["if-range"]);
    const body = isPart ? bytes.subarray(Number(start)) : bytes;
    if (isPart) headers["content-range"] = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
    headers["content-length"] = body.length;
    response.writeHead(isPart ? 206 : 200, headers);
    if (isBad && (now.brokenOff > 0 || now.stalled > 0)) {
      response.write(body.subarray(0, body.length >> 1));
      if (now.brokenOff > 0) setTimeout(() => response.destroy(), 30);
      now = { ...now, brokenOff: (now.brokenOff ?? 0) - 1, stalled: (now.stalled ?? 0) - 1 };
      return;
    }
    response.end(body);
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise((resolve) => server.listen(0, resolve));
  return {
    url: `http://localhost:${server.address().port}/`,
    requests,
    /** From now on something else is wrong; nothing, if nothing is named. */
    become(next = {}) {
      now = next;
      answered = 0;
      random = seeded();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

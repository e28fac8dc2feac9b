// The pure parts of the exports: tables, SVG, the stand-alone page and what a PNG says of itself, each read by another program.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { crc32, deflateSync } from "node:zlib";
import { runnerImport } from "../../www/node_modules/vite/dist/node/index.js";

const WWW = fileURLToPath(new URL("../../www/", import.meta.url));
const load = async (file) => (await runnerImport(WWW + file, { configFile: false, root: WWW, logLevel: "error" })).module;
const { csv, runAsJson, shortest, tableAsCsv, tablesOf, wordOf } = await load("shell/exports/numbers.ts");
const { escaped, svgOf } = await load("shell/exports/svg.ts");
const { inScript, pageFile } = await load("shell/exports/page-file.ts");
const { labelled } = await load("shell/exports/png.ts");

/** What visitors must not be able to do with what they give. */
const HOSTILE = ["</script><script>alert(1)</script>", "<!--<script>", `" onload="alert(1)`, "' x='", "]]>", "&lt;", "\u2028\u2029", "\u0000\u000b\ud800 \udc00", "=1+1", "😀 é"];
const python = (program, input) => JSON.parse(execFileSync("python3", ["-c", program], { input, encoding: "utf8", env: { ...process.env, PYTHONIOENCODING: "utf-8:surrogatepass" } }));

const frame = (step, more = {}) => ({ step, steps: 2, words: ["a", "▁dog"].slice(0, step), ended: step === 2, maps: [], pictures: [], numbers: [], choices: [], attributes: [], replaced: [], ...more });
const grid = (weights) => ({ kind: "grid", name: "alpha", rows: 1, cols: weights.length, weights: Float32Array.from(weights) });

test("Python's csv module reads back every cell, whatever stands in it", () => {
  const rows = [["plain", "a,b", 'say "so"', "two\r\nlines", "", "é 😀", " spaced "], ...HOSTILE.filter((text) => !/[\0\ud800]/.test(text)).map((text) => [text.replace(/^=/, "is ="), "x"])];
  const read = python("import csv, io, json, sys\nprint(json.dumps(list(csv.reader(io.StringIO(sys.stdin.buffer.read().decode(), newline='')))))", csv(rows));
  assert.deepEqual(read, rows);
});

test("no cell is a formula to a spreadsheet, and numbers stay numbers", () => {
  assert.equal(csv([["=1+1", "@sum", "+x", "-x", "-", "=", "-0.5"]]), "'=1+1,'@sum,'+x,'-x,-,=,-0.5\r\n");
  assert.equal(csv([[-0.5, 3, 1e-10]]), "-0.5,3,1e-10\r\n");
});

test("a number is written in the fewest digits that are the same float32", () => {
  for (const [value, text] of [[Math.fround(0.1), "0.1"], [1, "1"], [Math.fround(1 / 3), "0.33333334"], [0, "0"], [NaN, "NaN"]]) assert.equal(shortest(value), text);
  for (let i = 1; i < 2000; i++) {
    const value = Math.fround(Math.sin(i) * 10 ** ((i % 20) - 10));
    assert.equal(Math.fround(Number(shortest(value))), value);
  }
});

test("a table has a row for each weight, and the tables of a run are those that are not empty", () => {
  const frames = [frame(1, { maps: [grid([0.25, 0.75])] }), frame(2, { maps: [grid([1, 0]), { kind: "tokens", name: "in", tokens: ["▁x"], weights: Float32Array.of(1) }], numbers: [{ name: "logp", value: -1.5 }] })];
  assert.deepEqual(tablesOf(frames), ["places", "tokens", "numbers"]);
  assert.equal(tableAsCsv(frames, "places").join(""), "step,word,map,row,column,weight\r\n1,a,alpha,1,1,0.25\r\n1,a,alpha,1,2,0.75\r\n2,dog,alpha,1,1,1\r\n2,dog,alpha,1,2,0\r\n");
  assert.equal(tableAsCsv(frames, "tokens").join(""), "step,word,map,place,token,weight\r\n2,dog,in,1,x,1\r\n");
  assert.equal(tableAsCsv(frames, "numbers").join(""), "step,word,number,value\r\n2,dog,logp,-1.5\r\n");
});

test("a frame whose words are not said one by one has no word of its own", () => {
  assert.equal(wordOf(frame(2)), "dog");
  assert.equal(wordOf({ ...frame(1), words: ["background", "dog", "cat"] }), "");
});

test("windows and boxes are tables of their parameters", () => {
  const maps = [{ kind: "affine", name: "box", theta: Float32Array.of(0.5, 0, 0, 0, 0.5, 0.25) }, { kind: "window", name: "write", n: 5, side: 28, gx: 1, gy: 2, delta: 3, sigma2: 4, gamma: 5 }];
  const rows = tableAsCsv([frame(1, { maps })], "windows").join("").split("\r\n");
  assert.deepEqual(rows.slice(0, 2), ["step,word,map,parameter,value", "1,a,box,theta_11,0.5"]);
  assert.ok(rows.includes("1,a,write,delta,3") && rows.includes("1,a,box,theta_23,0.25"));
});

test("JSON holds the frames as they were, the seed and the models' digests", () => {
  const origin = { exhibit: "x", system: "X", link: "https://a.example/", papers: [HOSTILE[0]], settings: { seed: 7, text: HOSTILE.join("") }, steers: [{ step: 1, weights: Float32Array.of(1, 0) }], live: true, models: [{ model: "m", name: "n", sha256: "ab", bytes: 1 }] };
  const weights = [0.1, 0.2, 0.7].map(Math.fround);
  const read = JSON.parse(runAsJson(origin, [frame(1, { maps: [grid(weights)] }), frame(2)]).join(""));
  assert.deepEqual([read.format, read.version, read.seed, read.models, read.settings, read.steers], ["glimpse-run", 1, 7, origin.models, origin.settings, [{ step: 1, weights: [1, 0] }]]);
  assert.deepEqual(read.frames[0].maps[0].weights.map(Math.fround), weights);
  assert.equal(read.frames.length, 2);
});

const text = (words, more = {}) => ({ kind: "text", x: 8, y: 20, width: 50, text: words, size: 12, family: 'Georgia, "Iowan Old Style"', weight: "400", italic: false, fill: "#1a1a1a", struck: false, turn: 0, ...more });

test("an SVG is sound XML in millimetres, whatever its words are", () => {
  const items = [...HOSTILE.map((words) => text(words)), { kind: "image", x: 0, y: 0, width: 10, height: 10, canvas: null, says: HOSTILE[2] }, { kind: "bar", x: 0, y: 0, width: 10, height: 2, colours: ["#000000", "#ffffff"] }, { kind: "rect", x: 0, y: 0, width: 1, height: 1, radius: 0, fill: null, stroke: "#000000", line: 1, dashed: true }];
  const svg = svgOf({ width: 96, height: 48, background: "#ffffff", items }, { title: HOSTILE[0], description: HOSTILE[2] }, () => "data:image/png;base64,AA==");
  const read = python(
    `import json, sys, xml.dom.minidom as dom
root = dom.parseString(sys.stdin.buffer.read()).documentElement
print(json.dumps({"size": [root.getAttribute(name) for name in ("width", "height", "viewBox")], "words": [node.firstChild.data for node in root.getElementsByTagName("text")], "tags": sorted({node.tagName for node in root.getElementsByTagName("*")}), "names": sorted({name for node in root.getElementsByTagName("*") for name in node.attributes.keys()}), "title": root.getElementsByTagName("title")[0].firstChild.data}))`,
    svg,
  );
  assert.deepEqual(read.size, ["25.4mm", "12.7mm", "0 0 96 48"]);
  assert.equal(read.title, HOSTILE[0]);
  assert.deepEqual(read.words.slice(0, 6), HOSTILE.slice(0, 6));
  assert.equal(read.words[7], "\ufffd\ufffd\ufffd \ufffd", "what XML cannot hold is marked");
  assert.ok(!read.tags.includes("script") && !read.names.some((name) => name.startsWith("on")), `${read.tags} ${read.names}`);
});

test("only an address of the web becomes a link", () => {
  const svgWith = (href) => svgOf({ width: 1, height: 1, background: "#fff", items: [text("here", { href })] }, { title: "", description: "" }, () => "");
  assert.match(svgWith("https://a.example/?a=1&b=2"), /<a xlink:href="https:\/\/a\.example\/\?a=1&amp;b=2">/);
  for (const href of ["javascript:alert(1)", "data:text/html,x", " https://a.example"]) assert.doesNotMatch(svgWith(href), /<a /);
});

test("nothing of a run leaves its script element, and the policy allows that player and no other", async () => {
  const digest = async (said) => createHash("sha256").update(said).digest("base64");
  const run = { title: HOSTILE[0], system: HOSTILE.join(" "), pace: 1, background: "#fff", pictures: ["data:image/png;base64,AA=="], slides: [{ width: 1, height: 1, nodes: [["text", { x: 8 }, HOSTILE[0]]], says: HOSTILE.join("") }], source: HOSTILE[2], link: `https://a.example/?${HOSTILE[2]}` };
  const html = await pageFile(run, "play()", "p{}", digest);
  const read = python(
    `import json, sys
from html.parser import HTMLParser
class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.scripts, self.names, self.open = [], [], set(), None
    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.names |= {name for name, _ in attrs}
        self.open = tag
        if tag == "script": self.scripts.append("")
    def handle_endtag(self, tag): self.open = None
    def handle_data(self, data):
        if self.open == "script": self.scripts[-1] += data
reader = Reader()
reader.feed(sys.stdin.buffer.read().decode("utf-8", "surrogatepass"))
print(json.dumps({"tags": reader.tags, "scripts": reader.scripts, "names": sorted(reader.names)}))`,
    html,
  );
  assert.equal(read.tags.filter((tag) => tag === "script").length, 2);
  assert.deepEqual(JSON.parse(read.scripts[0]), JSON.parse(JSON.stringify(run)));
  assert.equal(read.scripts[1], "play()");
  assert.ok(!read.names.some((name) => name.startsWith("on")), read.names.join(" "));
  assert.ok(html.includes(`script-src 'sha256-${await digest("play()")}'`) && html.includes("default-src 'none'"));
});

test("JSON in a script has no letter that means something there", () => {
  assert.doesNotMatch(inScript(HOSTILE), /[<>&\u2028\u2029]/);
  assert.deepEqual(JSON.parse(inScript(HOSTILE)), JSON.parse(JSON.stringify(HOSTILE)));
  assert.equal(escaped(`<a b="c" d='e'>&`), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
});

test("a PNG gets its resolution and its texts, with right checksums, and keeps its picture", () => {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  const png = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", header), chunk("IDAT", deflateSync(Buffer.from([0, 255]))), chunk("IEND", Buffer.alloc(0))]);
  const made = Buffer.from(labelled(png, 4, { Title: "é 😀\0", Source: "https://a.example/" }));
  const read = python(
    `import json, struct, sys, zlib
data, at, chunks = sys.stdin.buffer.read(), 8, []
data = bytes.fromhex(data.decode())
while at < len(data):
    length, = struct.unpack(">I", data[at:at + 4])
    body = data[at + 4:at + 8 + length]
    right, = struct.unpack(">I", data[at + 8 + length:at + 12 + length])
    chunks.append([body[:4].decode(), zlib.crc32(body) == right, body[4:].hex()])
    at += 12 + length
print(json.dumps(chunks))`,
    made.toString("hex"),
  );
  assert.deepEqual(read.map(([type]) => type), ["IHDR", "pHYs", "iTXt", "iTXt", "IDAT", "IEND"]);
  assert.ok(read.slice(1, 4).every(([, right]) => right));
  assert.equal(Buffer.from(read[1][2], "hex").readUInt32BE(0), Math.round((4 * 96) / 0.0254));
  assert.equal(Buffer.from(read[2][2], "hex").toString("utf8"), "Title\0\0\0\0\0é 😀");
  assert.ok(made.subarray(-24).equals(png.subarray(-24)));
});

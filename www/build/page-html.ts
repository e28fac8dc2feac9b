// The pages' HTML, made of what each exhibit says of itself.
import { render } from "@lit-labs/ssr";
import { collectResult } from "@lit-labs/ssr/lib/render-result.js";
import { html, nothing, type TemplateResult } from "lit/html.js";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import { slidesOf, type ExhibitMeta, type FileInput } from "../kit/meta";
import { wayAfterLesson, wayInHeader, waysOf, type Stop } from "../shell/path";
import { firstValues, settingsForm } from "../shell/settings-form";
import { trustSection, type Models } from "../shell/trust";
import type { Teaching } from "./teach";
import { questionsBlock } from "./teach-html";
import { THEME } from "./theme";

const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "worker-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** What is shown where the page does not start: early.js gives the reason; where no script runs, this text stands. */
const TROUBLE = `<div id="trouble" role="alert"><strong>This page has not started.</strong> <span>Its scripts did not arrive. If this network asks you to sign in, do that first. Opened as a file, the page cannot start: run  python3 -m http.server  in its folder, then open http://localhost:8000/.</span> <a href="">Reload</a></div>
<noscript><p class="trouble"><strong>This page needs JavaScript.</strong> The models run in your own browser: allow JavaScript for this site, then reload the page.</p></noscript>`;

/** Text as it may stand in HTML, between tags and in attributes. */
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** A document around a body; `exhibit` is the exhibit's name, which main.ts opens, `hasOwnCore` whether the second core runs it, `head` markup of our own, `home` the way to the site's
 * folder. */
export function documentOf({ title, description, body, exhibit, hasOwnCore, room, head = "", home = "" }: { title: string; description: string; body: string; exhibit?: string; hasOwnCore?: boolean; room: string; head?: string; home?: string }) {
  return `<!doctype html>
<html lang="en" data-room="${room}"${exhibit ? ` data-exhibit="${exhibit}"` : ""}${hasOwnCore ? " data-own-core" : ""}${home ? ` data-home="${home}"` : ""}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<meta name="description" content="${escaped(description)}">
<link rel="icon" href="${home}icon.svg" type="image/svg+xml">
<link rel="manifest" href="${home}app.webmanifest">
${head}<script src="${home}early.js"></script>
<script type="module" src="/main.ts"></script>
</head>
<body>
${TROUBLE}
${body}
</body>
</html>
`;
}

/** A template as plain markup: the page renders it anew, so Lit's own marks are left out. */
export async function markup(template: TemplateResult) {
  const rendered = await collectResult(render(template));
  return rendered
    .replace(/<!--.*?-->|<\?>/gs, "")
    .replace(/ checked="false"/g, "")
    .replace(/ checked="true"/g, " checked")
    .replace(/\s+>/g, ">")
    .replace(/[ \t]*\n\s*/g, "\n");
}

/** "Where does it look when it says *dog*?" with the word between stars emphasised. */
export const emphasised = (text: string) => unsafeHTML(escaped(text).replace(/\*([^*]+)\*/g, "<em>$1</em>"));


const samples = (file: FileInput, first = file.samples?.[0]?.name) => html`<div class="samples" role="group" aria-label="Samples">${file.samples?.map(
  ({ name, shows }) => html`<button type="button" class="thumb" data-sample=${name} aria-label=${`Sample: ${shows}`} aria-pressed=${name === first}></button>`,
)}</div>`;

/** The camera comes first: on a phone it is what most people take. */
const fileInput = (file: FileInput) => html`${file.samples || file.camera ? html`<div class="giving">${file.camera ? html`<button type="button" id="camera" hidden>Camera</button>` : nothing}${file.samples ? samples(file) : nothing}</div>` : nothing}
<p id="drop"><label for="file">${file.label}</label> <input type="file" id="file" accept=${file.accept}></p>`;

export function exhibitPage(meta: ExhibitMeta, models: Models, teachings: readonly Teaching[], path: readonly Stop[]) {
  const quiet = { input() {}, change() {}, press() {}, run() {}, cancel() {} };
  const state = { values: firstValues(meta.settings), actions: {}, run: meta.run, busy: false };
  const cards = Object.entries(meta.cards);
  const ways = waysOf(meta, path);
  return html`
<a class="skip" href="#stage">To the stage</a>
<header class="bar">
  <a class="home" href="index.html">‹ Glimpse</a>
  <p class="stop"><span class="number">${ways.map(({ stop }, i) => html`<span data-way=${i} ?hidden=${i > 0}>${stop.number} · </span>`)}</span><span class="slides" id="slides">${meta.entries[0].system}, ${slidesOf(meta.entries[0].slides)}</span></p>
  ${wayInHeader(ways)}
  <h1 id="headline">${emphasised(meta.entries[0].question)}</h1>
  <span class="tools"><button type="button" id="present">Present</button><button type="button" id="share">Share</button><button type="button" id="save">Export</button>${THEME}</span>
</header>
<main class="exhibit">
  <section class="stage-area" aria-label="Stage">
    ${meta.stage}
    <p id="gaze" class="unseen"></p>
    <p id="announce" class="unseen" aria-live="polite"></p>
    <div id="notice" role="alert" hidden></div>
    <div id="progress" hidden></div>
  </section>
  <section class="timeline" id="player" aria-label="Player"></section>
  <section class="panel" aria-label=${`What happens at this ${meta.step}`}><h2>At this ${meta.step}</h2><div id="lesson"></div>${trustSection(meta, models)}${questionsBlock(teachings)}${wayAfterLesson(ways)}</section>
  <section class="input" aria-label="Settings">
    <form id="settings">${settingsForm(meta.settings, state, quiet)}</form>
    <p class="knows"><strong>What it knows.</strong> ${meta.knows}</p>
    ${meta.inputs ? html`<div id="inputs">${meta.inputs}</div>` : nothing}
    ${meta.file ? fileInput(meta.file) : nothing}
  </section>
</main>
<footer>
  <p>${meta.papers.map(({ authors, title, venue, url }, i) => html`${i > 0 ? "; " : ""}${authors}, <a href=${url}>${title}</a>, ${venue}`)}</p>
  <p>${cards.length > 0 ? html`Model card${cards.length > 1 ? "s" : ""}: ${cards.map(([id, label], i) => html`${i > 0 ? ", " : ""}<a href=${`data.html#${id}`}>${label}</a>`)} · ` : nothing}<a href="data.html">data and terms</a> · <a href="teachers.html">for teachers</a> · <a href="glossary.html">glossary</a> · <a href="offline.html">take it offline</a> · keys: Space, ←, →, Home, End; <kbd>p</kbd> presents on a projector</p>
</footer>`;
}

/** What stands at an exhibit's former address: its query is taken along by lobby/moved.ts. */
export const movedPage = (meta: ExhibitMeta) => html`
<main class="prose"><h1>This page has moved</h1><p><a id="moved" href=${`${meta.name}.html`}>${meta.title}</a> has a new address.</p></main>`;

// The start page: the lecture as a path, every exhibit on it in the order of the slides, and the map of all slides.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { html, nothing, type TemplateResult } from "lit/html.js";
import { slidesOf, spanOf } from "../kit/meta";
import { addressOfShown, chapters, slides, type Chapter, type Slide } from "../lobby/slides";
import type { Stop } from "../shell/path";
import { emphasised } from "./page-html";
import { THEME } from "./theme";

const LOBBY = path.resolve(import.meta.dirname, "../lobby");

/** How the pictures lie in stills.webp, one below the other: the size of each, and its place in the light theme and in the dark one. */
interface Stills {
  width: number;
  height: number;
  count: number;
  places: Record<string, { light: number; dark: number }>;
}

/** The exhibit's still: "captions" its first, "captions-1" that of its second entry. */
const stillOf = ({ meta, index }: Stop) => (index === 0 ? meta.name : `${meta.name}-${index}`);

/** One of the pictures in stills.webp. */
const picture = ({ width, height, count }: Stills, at: number, theme: string) =>
  html`<svg class=${theme} viewBox=${`0 ${at * height} ${width} ${height}`} aria-hidden="true"><image href="./lobby/stills.webp" width=${width} height=${count * height}/></svg>`;

function card(stop: Stop, stills: Stills) {
  const { entry, address } = stop;
  const name = stillOf(stop);
  const still = stills.places[name];
  const pictures = !still ? nothing : still.light === still.dark ? picture(stills, still.light, "both") : html`${picture(stills, still.light, "light")}${picture(stills, still.dark, "dark")}`;
  return html`<li class="card">
  <div class="still" role="img" aria-label=${entry.shows}>${pictures}<canvas data-still=${name}></canvas><span class="said" aria-hidden="true"></span></div>
  <button type="button" class="play" aria-label=${`Play: ${entry.shows}`} aria-pressed="false"><svg viewBox="0 0 20 20" aria-hidden="true"><path class="go" d="M5 3l12 7-12 7z"/><path class="hold" d="M5 3h4v14H5zM11 3h4v14h-4z"/></svg></button>
  <h3><a href=${address}>${emphasised(entry.question)}</a></h3>
  <p class="system">${entry.system}, <span class="slides number">${slidesOf(entry.slides)}</span></p>
  <p class="can">${entry.can}</p>
</li>`;
}

function chapterOf({ title, slides: [from, to], says }: Chapter, stops: readonly Stop[], draw: (stop: Stop) => TemplateResult) {
  const own = stops.filter(({ entry }) => entry.slides[0] >= from && entry.slides[0] <= to);
  return html`
<section class="chapter" aria-label=${title}>
<div class="about"><h2>${title}</h2><p class="number">slides ${spanOf([from, to])}</p><p>${says}</p></div>
<ol class="cards">${own.map(draw)}</ol>
</section>`;
}

const slide = ({ number, holds, shown }: Slide) => html`
<li id=${`slide-${number}`}><span class="number">${number}</span><div>${holds}${
  shown.length > 0 ? html`<p>${shown.map((one, i) => html`${i > 0 ? " · " : ""}<a href=${addressOfShown(one)}>${one.label}${one.step ? html` <span class="number">${one.step}</span>` : nothing}</a>`)}</p>` : nothing
}</div></li>`;

export async function startPage(stops: readonly Stop[]) {
  const stills: Stills = JSON.parse(await readFile(path.join(LOBBY, "stills.json"), "utf8"));
  const [first] = stops;
  return html`
<a class="skip" href="#path">To the exhibits</a>
<header class="bar"><span class="home">Glimpse</span><span class="tools">${THEME}</span></header>
<main>
<div class="lead">
  <div>
    <h1>The lecture <em>Attention Models</em>, ${slides.length} slides, live</h1>
    <p>Watch what a neural network looks at, step by step, on your own pictures and words. All of it runs in your browser.</p>
    <p id="continue"><a href=${first.address}>Begin with ${slidesOf(first.entry.slides)}: ${first.entry.system}</a></p>
  </div>
  <search class="scripted"><label for="query">Search the lecture</label><input type="search" id="query" autocomplete="off" spellcheck="false" placeholder="softmax, REINFORCE, Bahdanau, slide 20" aria-controls="found" maxlength="80">
    <p id="count" role="status"></p><ol id="found" hidden></ol></search>
</div>
<div id="path">${chapters.map((chapter) => chapterOf(chapter, stops, (stop) => card(stop, stills)))}</div>
<section class="map" id="slides" aria-labelledby="map"><h2 id="map">All ${slides.length} slides</h2><p>A number behind an exhibit is the step that shows what is on the slide.</p>
<ol>${slides.map(slide)}</ol></section>
</main>
<footer><p><a href="teachers.html">For teachers</a>: plans and worksheets. <a href="glossary.html">Glossary</a>. <a href="data.html">Data and terms</a> of every model. <a href="offline.html">Take it offline</a>. Nothing you put in leaves your device.</p></footer>`;
}

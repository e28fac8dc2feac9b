// The pages for teachers: a plan and a worksheet for each exhibit, the list of both, and the glossary.
import { html, nothing } from "lit/html.js";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import type { Token } from "marked";
import { slidesOf } from "../kit/meta";
import type { GlossaryEntry } from "./glossary";
import { rendered, renderedLine } from "./markdown";
import type { Teaching } from "./teach";
import { THEME } from "./theme";

/** The way from a page in teach/ to the site's folder. */
const HOME = "../";
/** Lines to write on below a question of a worksheet. */
const LINES = 4;

const shown = (tokens: readonly Token[], home = "") => unsafeHTML(rendered(tokens, home));
const line = (text: string, home = "") => unsafeHTML(renderedLine(text, home));
const list = (items: readonly Token[][], home = "") => html`<ul>${items.map((item) => html`<li>${shown(item, home)}</li>`)}</ul>`;

/** The questions on an exhibit's page, folded, with the way to what a teacher needs. */
export function questionsBlock(teachings: readonly Teaching[]) {
  if (teachings.length === 0) return nothing;
  return html`<details id="teach" class="fold">
    <summary>Questions</summary>
    ${teachings.map(
      ({ questions, entry, name }) => html`${teachings.length > 1 ? html`<h3>${entry.system}</h3>` : nothing}
      ${questions.map(({ title, body }) => html`<details><summary>${line(title)}</summary>${shown(body)}</details>`)}
      <p>For teachers: <a href=${`teach/${name}.html`}>plan</a>, <a href=${`teach/${name}-worksheet.html`}>worksheet</a></p>`,
    )}
  </details>`;
}

export function teacherPage({ name, meta, entry, address, goals, timing, predict, questions, misconceptions }: Teaching) {
  return html`
<header class="bar"><a class="home" href="${HOME}index.html">‹ Glimpse</a><h1>Teaching: ${entry.system}</h1><span class="slides">${slidesOf(entry.slides)}</span><span class="tools">${THEME}</span></header>
<main class="prose">
<p><a href=${HOME + address}>Open the exhibit</a> · <a href=${`${name}-worksheet.html`}>Worksheet to print</a> · <a href="${HOME}teachers.html">All exhibits for teachers</a></p>
<h2>Goals</h2>
<p>After the lesson the learners can</p>
${list(goals, HOME)}
<h2>Timing</h2>
${timing.map(({ minutes, steps }) => html`<h3>${minutes}</h3>${list(steps, HOME)}`)}
<h2>Prediction</h2>
${shown(predict, HOME)}
<h2>Questions and answers</h2>
${questions.map(({ title, body }) => html`<h3>${line(title, HOME)}</h3>${shown(body, HOME)}`)}
<h2>Misconceptions</h2>
${misconceptions.map(({ title, body }) => html`<h3>${line(title, HOME)}</h3>${shown(body, HOME)}`)}
</main>
<footer><p>${meta.papers.map(({ authors, title, venue, url }, i) => html`${i > 0 ? "; " : ""}${authors}, <a href=${url}>${title}</a>, ${venue}`)}. Figures come from the <a href="${HOME}data.html">data page</a>; ± is one standard error.</p></footer>`;
}

/** One page of paper: what the learner is to do, with a still of the exhibit and its link as a QR code. */
export function worksheetPage({ name, entry, still, address, goals, predict, questions }: Teaching) {
  const lines = Array.from({ length: LINES }, () => html`<span></span>`);
  return html`
<header class="bar"><a class="home" href="${HOME}index.html">‹ Glimpse</a><p class="about">A worksheet of one page, A4 or US Letter</p><span class="tools"><a href=${`${name}.html`}>Plan and answers</a> <button type="button" id="print" class="strong">Print</button></span></header>
<main class="sheet">
<div class="sheet-head"><h1>${entry.system}</h1><p class="sheet-name">Name <span></span> Date <span></span></p></div>
<p class="sheet-goals"><strong>You learn to</strong> ${goals.map((goal, i) => html`${i > 0 ? "; " : " "}${shown(goal, HOME)}`)}.</p>
<section class="sheet-predict">
  <figure><canvas id="still" data-still=${still} data-step=${new URLSearchParams(address.split("?")[1]).get("step") ?? nothing} class=${`still-${still.replace(/-\d+$/, "")}`} role="img" aria-label=${entry.shows}></canvas></figure>
  <div><h2>Predict</h2>${shown(predict, HOME)}</div>
  <figure class="qr"><svg id="qr" data-link=${HOME + address} role="img" aria-label="QR code of the exhibit's link"></svg><figcaption><a id="qr-link" href=${HOME + address}>${address}</a></figcaption></figure>
</section>
${questions.map(({ title }, i) => html`<section class="sheet-question"><h2>${i + 1}. ${line(title, HOME)}</h2><div class="lines" aria-hidden="true">${lines}</div></section>`)}
</main>`;
}

export function teachersPage(teachings: readonly Teaching[]) {
  return html`
<header class="bar"><a class="home" href="index.html">‹ Glimpse</a><h1>For teachers</h1><span class="tools">${THEME}</span></header>
<main class="prose">
<p>Each exhibit has a plan for 10 or for 45 minutes, with goals, questions with answers and common misconceptions, and a worksheet of one page for A4 and US Letter. The worksheet's QR code holds the address of your copy of Glimpse, so print it from the site that the class will use.</p>
<p>Begin with a prediction. Captions, translation, questions, glimpses and actions hide the next look until the class has guessed: press <em>Guess the next look</em>, click a place, or move the ring with the arrow keys and press Enter. Then compare how much of the gaze lay in the ring with what an even gaze would have there.</p>
<p>The <a href="glossary.html">glossary</a> defines every term of the lessons. What was measured of each model stands on the <a href="data.html">data page</a>.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Plans and worksheets"><table class="teachers">
<thead><tr><th scope="col">Slides</th><th scope="col">Exhibit</th><th scope="col">Plan</th><th scope="col">Worksheet</th></tr></thead>
<tbody>${teachings.map(
    ({ name, address, entry }) => html`
<tr><td class="number">${slidesOf(entry.slides).replace(/^slides? /, "")}</td><th scope="row"><a href=${address}>${entry.system}</a></th><td><a href=${`teach/${name}.html`} aria-label=${`Plan: ${entry.system}`}>plan</a></td><td><a href=${`teach/${name}-worksheet.html`} aria-label=${`Worksheet: ${entry.system}`}>worksheet</a></td></tr>`,
  )}</tbody>
</table></div>
</main>`;
}

export function glossaryPage(entries: readonly GlossaryEntry[]) {
  return html`
<header class="bar"><a class="home" href="index.html">‹ Glimpse</a><h1>Glossary</h1><span class="tools">${THEME}</span></header>
<main class="prose">
<p>Every term of the lessons, with the slides of the lecture and the exhibits where you meet it.</p>
<dl class="glossary">${entries.map(
    ({ term, id, definition, where }) => html`
<div id=${id} tabindex="-1"><dt>${term}</dt><dd>${definition} <small>${line(where.map(({ raw }) => raw).join("").trim())}</small></dd></div>`,
  )}
</dl>
</main>`;
}

// The page of the course that ships with the site, and what its own page says to those who write one.
import { html } from "lit/html.js";
import { addressNames, type ExhibitMeta } from "../kit/meta";
import { readPresets } from "../kit/presets";
import { LOCKS, PARTS } from "../kit/view";
import { courseList } from "../lobby/course-list";
import course from "../shell/course.json";
import { activityAddress } from "../shell/course-steps";

const EXAMPLE = `{
  "title": "My lesson",
  "presets": [
    {
      "title": "Point before it looks",
      "say": "Before each word, point.",
      "exhibit": "captions",
      "minutes": 5,
      "settings": { "sample": "horse" },
      "reveal": ["words", "panel"],
      "hide": ["film"],
      "lock": ["model"],
      "start": "paused"
    }
  ]
}`;

/** How each exhibit's settings can be named, by the exhibit's name. */
export const settingNames = (exhibits: readonly ExhibitMeta[]) =>
  Object.fromEntries(exhibits.map(({ name, settings }) => [name, addressNames(settings)]));

export function coursePage(exhibits: readonly ExhibitMeta[], theme: unknown) {
  const settings = settingNames(exhibits);
  const { list, faults } = readPresets(JSON.stringify(course), settings);
  if (!list) throw new Error(`shell/course.json: ${faults.join(" ")}`);
  const titles = Object.fromEntries(exhibits.map(({ name, title }) => [name, title]));
  const names = (all: object) => Object.entries(all).map(([name, means]) => html`<li><code>${name}</code>: ${means}</li>`);
  return html`
<header class="bar"><a class="home" href="index.html">‹ Glimpse</a><span class="slides">A course</span><span class="tools">${theme}</span></header>
<main>
<div id="course">${courseList(list, (index, more) => activityAddress(list, index, more), titles)}</div>
<section class="own-course" aria-labelledby="own-course">
<h2 id="own-course">Your own course</h2>
<p>Write the list in any text editor, then drop the file here. It stays on your device.</p>
<label>A course as a JSON file <input type="file" id="course-file" accept=".json,application/json"></label>
<div id="course-faults" role="alert" hidden></div>
<details><summary>How to write one</summary>
<pre tabindex="0" aria-label="An example">${EXAMPLE}</pre>
<p><code>reveal</code> hides something until a button is pressed; <code>hide</code> hides it for good. Both can name:</p>
<ul>${names(PARTS)}</ul>
<p><code>lock</code> can name the settings of the exhibit, and:</p>
<ul>${names(LOCKS)}</ul>
<p>The settings of each exhibit, by their names in the address:</p>
<ul>${Object.entries(settings).map(([name, all]) => html`<li><strong>${name}</strong>: ${all.join(", ")}</li>`)}</ul>
</details>
</section>
<div id="course-data" data-exhibits=${JSON.stringify({ titles, settings })} hidden></div>
</main>
<footer><p><a href="index.html">All exhibits</a> · <a href="data.html">data and terms</a></p></footer>`;
}

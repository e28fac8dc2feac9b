// A course as a page shows it: its activities in order with their times. The build renders the one that ships, the page one that is given.
import { html, nothing } from "lit/html.js";
import type { PresetList } from "../kit/presets";

/** How long all activities take together. */
const minutesOf = ({ presets }: PresetList) => presets.reduce((sum, { minutes = 0 }) => sum + minutes, 0);

/**
 * @param addressOf where an activity leads, and what else its link says
 * @param titles what each exhibit is called
 */
export function courseList(list: PresetList, addressOf: (index: number, more?: Record<string, string>) => string, titles: Record<string, string>) {
  const minutes = minutesOf(list);
  let begun = 0;
  return html`
    <h1 id="course-title">${list.title}</h1>
    ${list.about ? html`<p class="about">${list.about}</p>` : nothing}
    <p class="begin"><a class="button" id="begin" href=${addressOf(0, { present: "yes" })}>Begin on the projector</a> <span>${list.presets.length} activities${minutes > 0 ? `, ${minutes} minutes` : ""}</span></p>
    <ol class="activities">${list.presets.map((preset, i) => {
      const from = begun;
      begun += preset.minutes ?? 0;
      const hidden = preset.reveal?.length ? "the answer until you reveal it" : "";
      const locked = preset.lock?.length ? `${preset.lock.length} control${preset.lock.length > 1 ? "s" : ""} locked` : "";
      return html`<li><span class="when number">${preset.minutes === undefined ? `${i + 1}` : html`${from}<small>–${from + preset.minutes} min</small>`}</span>
        <div><h2><a href=${addressOf(i)}>${preset.title}</a></h2>${preset.say ? html`<p>${preset.say}</p>` : nothing}
        <p><small>${titles[preset.exhibit ?? ""] ?? preset.exhibit}${hidden ? ` · hides ${hidden}` : ""}${locked ? ` · ${locked}` : ""}</small></p></div></li>`;
    })}</ol>`;
}

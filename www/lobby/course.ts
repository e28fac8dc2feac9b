// The page of the course: the one that ships, or one that a teacher has written and gives to the page.
import "./course.css";
import { html } from "lit/html.js";
import { byId, fill } from "../kit/dom";
import { addressOf, readPresets } from "../kit/presets";
import { keepForOffline } from "../run/offline";
import { setUpPage } from "../shell/page-setup";
import { courseList } from "./course-list";

/** What the build says of the exhibits: their titles, and how their settings can be named. */
interface Exhibits {
  titles: Record<string, string>;
  settings: Record<string, string[]>;
}

export function open() {
  setUpPage();
  const main = byId("course", HTMLElement);
  const { titles, settings }: Exhibits = JSON.parse(byId("course-data", HTMLElement).dataset.exhibits ?? "{}");
  const input = byId("course-file", HTMLInputElement);
  const say = (faults: readonly string[]) => {
    const box = byId("course-faults", HTMLElement);
    box.hidden = faults.length === 0;
    fill(html`<strong>This file cannot be used yet.</strong><ul>${faults.map((fault) => html`<li>${fault}</li>`)}</ul>`, box);
    if (faults.length > 0) box.scrollIntoView({ block: "nearest" });
  };
  const take = async (file: File | null | undefined) => {
    if (!file) return;
    const { list, faults } = readPresets(await file.text(), settings);
    const apart = list?.presets.flatMap(({ exhibit, title }, i) => (exhibit === undefined ? [`Preset ${i + 1} (“${title}”) names no "exhibit": on this page each activity needs one.`] : [])) ?? [];
    say(faults ?? apart);
    if (list && apart.length === 0) fill(courseList(list, (index, more = {}) => addressOf(list.presets[index], more), titles), main);
  };
  input.addEventListener("change", () => {
    void take(input.files?.[0]);
    input.value = "";
  });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    void take(event.dataTransfer?.files[0]);
  });
  void keepForOffline();
}

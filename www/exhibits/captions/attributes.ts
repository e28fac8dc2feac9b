// Attributes as chips: each as large as its weight at this word; one pressed out is taken away, one pointed at shows where.
import type { Frame } from "../../kit/types";
import { byId, el, fixed } from "../../kit/dom";
import { tokensOf } from "../../kit/frame";
import { fetchSite, siteFile } from "../../run/site";

export function showAttributes(frame: Frame | undefined, to: {toggle(word: string): void, point(word: string | null): void}) {
  const box = byId("attributes", HTMLElement);
  const attributes = frame?.attributes ?? [];
  box.hidden = attributes.length === 0;
  if (box.childElementCount !== attributes.length || attributes.some(({ word }, i) => box.children[i].getAttribute("data-attribute") !== word)) {
    box.replaceChildren(
      ...attributes.map(({ word }) => {
        const chip = el("button", { type: "button", class: "chip", "data-attribute": word }, word);
        chip.addEventListener("click", () => to.toggle(word));
        for (const event of ["pointerenter", "focus"]) chip.addEventListener(event, () => to.point(word));
        for (const event of ["pointerleave", "blur"]) chip.addEventListener(event, () => to.point(null));
        return chip;
      }),
    );
  }
  const [input, output] = ["input", "output"].map((name) => tokensOf(frame, name)?.weights);
  attributes.forEach(({ word, probability }, i) => {
    const chip = (box.children[i] as HTMLElement);
    const weight = ((input?.[i] ?? 0) + (output?.[i] ?? 0)) / 2;
    chip.style.setProperty("--weight", fixed(Math.sqrt(weight), 3).replace("−", "-"));
    chip.setAttribute("aria-pressed", String(probability > 0));
    const found = probability > 1 ? "added by hand" : `found with ${fixed(100 * probability, 0)} %`;
    const state = probability > 0 ? `${found}, ${fixed(100 * weight, 0)} % of the attention at this word; press to take it away` : "taken away; press to give it back";
    chip.title = `${word}: ${state}`;
  });
}

let known: Promise<string[]> | undefined;

async function fetchWords() {
  const { models } = await fetchSite();
  const text = await (await siteFile(models["caption-semantic"].files.attributes.url)).text();
  return text.trim().split("\n").sort();
}

/** All words that can be added, fetched and offered when they are first asked for; none if they cannot be fetched. */
export function offerAttributes() {
  known ??= fetchWords()
    .then((words) => {
      byId("attribute-words", HTMLDataListElement).replaceChildren(...words.map((value) => el("option", { value })));
      return words;
    })
    .catch(() => {
      known = undefined;
      return [];
    });
  return known;
}

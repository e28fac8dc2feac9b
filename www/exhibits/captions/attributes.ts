// Attributes as chips: each as large as its weight at this word; one pressed out is taken away, one pointed at shows where.
import { html, render } from "lit/html.js";
import { byId, fixed } from "../../kit/dom";
import { gridOf, tokensOf } from "../../kit/frame";
import type { Frame } from "../../kit/types";
import { fetchSite, siteFile } from "../../run/site";

/** Which places vote for an attribute; the first frame tells it. */
export const regionOf = (first: Frame | undefined, word: string) => gridOf(first, `region of ${word}`);

export function showAttributes(frame: Frame | undefined, to: { toggle(word: string): void; point(word: string | null): void }) {
  const box = byId("attributes", HTMLElement);
  const attributes = frame?.attributes ?? [];
  box.hidden = attributes.length === 0;
  const [input, output] = ["input", "output"].map((name) => tokensOf(frame, name)?.weights);
  const weights = attributes.map((_, i) => ((input?.[i] ?? 0) + (output?.[i] ?? 0)) / 2);
  render(
    attributes.map(({ word, probability }, i) => {
      const found = probability > 1 ? "added by hand" : `found with ${fixed(100 * probability, 0)} %`;
      const state = probability > 0 ? `${found}, ${fixed(100 * weights[i], 0)} % of the attention at this word; press to take it away` : "taken away; press to give it back";
      const point = () => to.point(word);
      const leave = () => to.point(null);
      return html`<button type="button" class="chip" data-attribute=${word} aria-pressed=${probability > 0} title=${`${word}: ${state}`}
        @click=${() => to.toggle(word)} @pointerenter=${point} @focus=${point} @pointerleave=${leave} @blur=${leave}>${word}</button>`;
    }),
    box,
  );
  // Through the style object: the page's policy forbids style attributes.
  weights.forEach((weight, i) => (box.children[i] as HTMLElement).style.setProperty("--weight", Math.sqrt(weight).toFixed(3)));
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
      render(words.map((word) => html`<option value=${word}></option>`), byId("attribute-words", HTMLDataListElement));
      return words;
    })
    .catch(() => {
      known = undefined;
      return [];
    });
  return known;
}

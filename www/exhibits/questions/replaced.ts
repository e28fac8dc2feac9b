// Words of the question that the model does not know: what it read instead, and other words to choose.
import { html, nothing, render } from "lit/html.js";
import { byId } from "../../kit/dom";
import type { Frame, Replaced } from "../../kit/types";

/** What was replaced in a run; runs that were recorded before the core told it say nothing of it. */
export const replacedIn = (frames: Frame[]): Replaced[] => frames.at(-1)?.replaced ?? [];

/** What a teacher can read out. */
export function replacedAsText({ typed, read, how }: Replaced) {
  if (how === "contraction") return `It read “${typed}” as “${read}”.`;
  if (read === null) return `The model doesn't know “${typed}” and has no word near it. It left that word open.`;
  return `The model doesn't know “${typed}”. It read “${read}”.`;
}

/** The question with every `typed` word exchanged for another one. */
export function exchanged(question: string, typed: string, word: string) {
  const bare = (part: string) => part.toLowerCase().replaceAll("’", "'").replace(/^[?!.,;:"'()“”]+|[?!.,;:"'()“”]+$/g, "");
  return question.split(/(\s+)/).map((part) => (bare(part) === typed ? word : part)).join("");
}

/** Shows what was replaced; a suggestion that is pressed goes to `take` with the word that it stands for. */
export function showReplaced(replaced: Replaced[], take: (typed: string, word: string) => void) {
  const box = byId("replaced", HTMLElement);
  box.hidden = replaced.length === 0;
  const others = ({ typed, suggestions }: Replaced) =>
    suggestions.length === 0
      ? nothing
      : html`<details><summary>Other words for “${typed}”</summary>
          <span class="row">${suggestions.map((word) => html`<button type="button" class="chip" @click=${() => take(typed, word)}>${word}</button>`)}</span>
        </details>`;
  render(replaced.map((one) => html`<div data-how=${one.how}><p>${replacedAsText(one)}</p>${others(one)}</div>`), box);
}

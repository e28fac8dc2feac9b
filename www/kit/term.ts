// Terms of the field, as the lessons mark them.
import { definitions } from "virtual:glossary";
import { html } from "lit/html.js";

let terms = 0;

/** A term of the field with its definition, on hover and on focus, and the way to its place in the glossary. */
export function term(word: string, shown: string = word) {
  const id = `term-${++terms}`;
  const [definition, place] = definitions[word];
  return html`<span class="term"><dfn tabindex="0" aria-describedby=${id}>${shown}</dfn><span role="tooltip" id=${id}>${definition} <a href=${`glossary.html#${place}`}>Glossary</a></span></span>`;
}

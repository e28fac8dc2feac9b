// Words that go on from what is typed, out of those that the model knows.
import { html, render } from "lit/html.js";
import { byId } from "../../kit/dom";
import { fetchSite, siteFile } from "../../run/site";

const MOST = 8;
/** From so many letters on, words that hold them further back are offered too. */
const SHORTEST = 3;

let known: Promise<string[]> | undefined;

async function fetchWords() {
  const { models } = await fetchSite();
  const text = await (await siteFile(models.vqa.files.vocabulary.url)).text();
  return text.trim().split("\n").filter((word) => !word.startsWith("<"));
}

function show(words: string[], take: (word: string) => void) {
  render(words.map((word) => html`<button type="button" class="chip" @click=${() => take(word)}>${word}</button>`), byId("completions", HTMLElement));
}

export const hideCompletions = () => show([], () => {});

/** Offers words that go on from the last one of `typed`; the words are fetched when they are first wanted, and none is offered if
 * they cannot be. */
export async function offerCompletions(typed: string, take: (completed: string) => void) {
  const words = await (known ??= fetchWords().catch(() => {
    known = undefined;
    return [];
  }));
  const before = typed.replace(/\S*$/, "");
  const begun = typed.slice(before.length).toLowerCase();
  const from = words.filter((word) => word.startsWith(begun) && word !== begun);
  const within = begun.length >= SHORTEST ? words.filter((word) => word.includes(begun, 1)) : [];
  const found = begun ? [...from, ...within].slice(0, MOST) : [];
  show(found, (word) => take(`${before}${word} `));
}

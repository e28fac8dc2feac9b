// Markdown of the project's own, read while building: a text in one fixed form becomes sections, and each section HTML.
import { Marked, type Token, type Tokens } from "marked";

export interface Section {
  title: string;
  /** What stands below the heading. */
  body: Token[];
}

/** The relative links in a text start here; `rendered` puts the way to the site's folder in its place. */
const HOME = "home:";

/** Links to pages of the site are written as from the site's folder. */
const isOutside = (href: string) => /^https:/.test(href);

const markdown = new Marked({
  renderer: {
    link({ href, tokens }) {
      return `<a href="${(isOutside(href) ? href : HOME + href).replaceAll("&", "&amp;").replaceAll('"', "&quot;")}">${this.parser.parseInline(tokens)}</a>`;
    },
    html({ text }) {
      throw new Error(`HTML stands in Markdown: ${text.trim()}`);
    },
  },
});

/** The text's tokens without the gaps between them. */
export const tokensOf = (text: string) => markdown.lexer(text).filter(({ type }) => type !== "space");

/** What stands below each heading of this depth, and in `before` what stands above the first. */
export function split(tokens: readonly Token[], depth: number) {
  const before: Token[] = [];
  const sections: Section[] = [];
  for (const token of tokens) {
    if (token.type === "heading" && token.depth === depth) sections.push({ title: token.text, body: [] });
    else (sections.at(-1)?.body ?? before).push(token);
  }
  return { before, sections };
}

/** The items of the one list that these tokens are; nothing if they are anything else. */
export function itemsOf(tokens: readonly Token[]): Token[][] | null {
  const [list] = tokens;
  return tokens.length === 1 && list.type === "list" ? (list as Tokens.List).items.map(({ tokens: inside }) => inside) : null;
}

/** HTML of some tokens. @param home the way from the page to the site's folder: "" or "../" */
export const rendered = (tokens: readonly Token[], home = "") => markdown.parser([...tokens]).replaceAll(`href="${HOME}`, `href="${home}`).trim();

/** HTML of one line, such as a heading's. */
export const renderedLine = (text: string, home = "") => (markdown.parseInline(text) as string).replaceAll(`href="${HOME}`, `href="${home}`);

/** Every address that some tokens link to. */
export function linksIn(tokens: readonly Token[]) {
  const found: string[] = [];
  markdown.walkTokens([...tokens], (token) => {
    if (token.type === "link") found.push(token.href);
    return [];
  });
  return found;
}

/** The words of some tokens, without marks. */
export function plain(tokens: readonly Token[]): string {
  const text = (token: Token): string => ("tokens" in token && token.tokens?.length ? token.tokens.map(text).join("") : token.type === "list" ? (token as Tokens.List).items.map(text).join(" ") : "text" in token ? String(token.text) : "");
  return tokens.map(text).join(" ").replace(/\s+/g, " ").trim();
}

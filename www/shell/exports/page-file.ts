// A recorded run as one HTML file that plays without a network: all that came from outside is data in it, which its player puts on the
// page as text and never as markup.
import { escaped, type SvgNode } from "./svg";

/** A figure of the stand-alone page: what draws it, with numbers of a list for its pictures. */
export interface Slide {
  width: number;
  height: number;
  nodes: SvgNode[];
  /** What is said of this step, for those who do not see it. */
  says: string;
}

export interface PageFile {
  title: string;
  system: string;
  /** Seconds a step. */
  pace: number;
  background: string;
  pictures: string[];
  slides: Slide[];
  source: string;
  /** Where the exhibit is; null where it cannot be opened from elsewhere. */
  link: string | null;
}

/** JSON as it may stand in a script element: nothing in it ends that element or begins a comment. */
export const inScript = (value: unknown) =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);

/**
 * @param player the script that plays it, and `style` its style sheet, each without anything of the run in it
 * @param digest of a text, SHA-256 in base64
 */
export async function pageFile(run: PageFile, player: string, style: string, digest: (text: string) => Promise<string>) {
  const allowed = [`default-src 'none'`, `img-src data:`, `script-src 'sha256-${await digest(player)}'`, `style-src 'sha256-${await digest(style)}'`, `base-uri 'none'`, `form-action 'none'`].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${allowed}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(run.title)} · Glimpse</title>
<style>${style}</style>
</head>
<body>
<header><h1>${escaped(run.title)}</h1><p>${escaped(run.system)}</p></header>
<main>
<div id="stage"></div>
<p id="step" aria-live="polite"></p>
<div id="keys" role="group" aria-label="Player"><button type="button" id="back">Previous</button><button type="button" id="play">Play</button><button type="button" id="on">Next</button><label>Step <input type="range" id="scrub" min="1" max="${run.slides.length}" value="1" step="1"></label></div>
<noscript><p>This file plays by a script of its own: allow it to run.</p></noscript>
</main>
<footer><p>${escaped(run.source)}</p><p>${run.link ? `Made with <a href="${escaped(run.link)}" rel="noreferrer">Glimpse</a>: the link opens this very step live.` : "Made with Glimpse, on an input of the author's own."} Keys: Space plays and pauses, the arrows go back and on, Home and End to the first and the last step.</p></footer>
<script type="application/json" id="run">${inScript(run)}</script>
<script>${player}</script>
</body>
</html>
`;
}

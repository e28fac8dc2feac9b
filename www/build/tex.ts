// Turns tex`…` in the page's modules into a Lit template of MathML, so that equations are TeX in the source and need no library in
// the browser.
import temml from "temml";
import type { Plugin } from "vite";

/** MathML of one displayed equation, without what a strict Content-Security-Policy refuses. */
export function mathml(source: string) {
  const markup = temml.renderToString(source, { displayMode: true, throwOnError: true, strict: true });
  return markup.replace(/ (style|class)="[^"]*"/g, "");
}

const USED = /import \{ tex \} from "[^"]+";/;

export function texPlugin(): Plugin {
  return {
    name: "glimpse-tex",
    enforce: "pre",
    transform(code, id) {
      if (!id.endsWith(".ts") || !USED.test(code)) return null;
      const made = code
        .replace(USED, 'import { html as mathmlTemplate } from "lit/html.js";')
        .replace(/\btex`([^`]*)`/g, (_, source: string) => `mathmlTemplate\`${mathml(source).replaceAll("\\", "\\\\").replaceAll("`", "\\`").replaceAll("${", "\\${")}\``);
      return { code: made, map: null };
    },
  };
}

// Equations in TeX. The build turns each into MathML (build/tex.ts), so no TeX reaches the browser.
import type { TemplateResult } from "lit/html.js";

/** An equation, such as tex`\alpha_i = \operatorname{softmax}(e)_i`; a text without `${…}`. */
export function tex(source: TemplateStringsArray): TemplateResult {
  throw new Error(`the build did not turn ${source.raw[0]} into MathML`);
}

// The button that changes a page's theme: shell/page-setup.ts gives it its work.
import { html } from "lit/html.js";

export const THEME = html`<button type="button" id="theme" aria-label="Dark theme"><svg viewBox="0 0 20 20" aria-hidden="true"><path d="M10 2a8 8 0 1 0 0 16z"/><circle cx="10" cy="10" r="7.5" class="ring"/></svg></button>`;

// The search of the start page: what fits is listed while one types, and announced; arrows walk through it.
import { html } from "lit/html.js";
import { byId, fill } from "../kit/dom";
import { isTyping } from "../shell/page-setup";

/** More are not listed. */
const MOST = 8;

export function offerSearch() {
  const field = byId("query", HTMLInputElement);
  const list = byId("found", HTMLElement);
  const count = byId("count", HTMLElement);
  let loading: Promise<typeof import("./search-index")> | undefined;
  const load = () => (loading ??= import("./search-index"));
  const show = async () => {
    const typed = field.value.trim();
    const index = typed === "" ? null : await load().catch(() => null);
    if (typed !== field.value.trim()) return;
    const found = index ? index.find(typed, index.entries) : [];
    list.hidden = found.length === 0;
    fill(found.slice(0, MOST).map(({ title, note, address }) => html`<li><a href=${address}>${title}<small>${note}</small></a></li>`), list);
    if (typed === "") count.textContent = "";
    else if (!index) count.textContent = "The search did not arrive. Reload the page to use it.";
    else if (found.length === 0) count.textContent = `Nothing is called “${typed}”. Try an author, a slide or an exhibit.`;
    else count.textContent = `${found.length > MOST ? `The first ${MOST} of ${found.length}` : found.length} ${found.length === 1 ? "result" : "results"}`;
  };
  const close = () => {
    field.value = "";
    void show();
    field.focus();
  };
  const links = () => [...list.querySelectorAll("a")];
  const walk = (by: number) => {
    const all = links();
    if (all.length === 0) return;
    const to = all.indexOf(document.activeElement as HTMLAnchorElement) + by;
    if (to < 0) field.focus();
    else all[Math.min(to, all.length - 1)].focus();
  };

  field.addEventListener("focus", () => void load().catch(() => null), { once: true });
  field.addEventListener("input", () => void show());
  field.closest("search")?.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const act = { ArrowDown: () => walk(1), ArrowUp: () => walk(-1), Escape: close }[event.key];
    if (event.key === "Enter" && event.target === field) links()[0]?.click();
    if (!act) return;
    event.preventDefault();
    act();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    event.preventDefault();
    field.focus();
  });
}

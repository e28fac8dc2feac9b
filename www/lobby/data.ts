// The data page: the table of models, which the build has written, sorts and filters.
import "./lobby.css";
import { byId } from "../kit/dom";
import { keepForOffline } from "../run/offline";
import { setUpPage } from "../shell/page-setup";

/** A model's line with what there is to say beyond it. */
type Row = HTMLTableSectionElement;

const simple = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** What a column is sorted by in a row. */
function valueIn(row: Row, column: number) {
  const cell = row.rows[0].cells[column];
  return cell.dataset.value ?? cell.textContent.trim();
}

/** Sorts by the column, or the other way round if it is sorted so already. */
function sort(table: HTMLTableElement, head: HTMLTableCellElement) {
  const way = head.ariaSort === "ascending" ? "descending" : "ascending";
  for (const other of table.querySelectorAll("thead th")) other.ariaSort = other === head ? way : null;
  const isNumber = head.dataset.sort === "number";
  const compared = (a: Row, b: Row) => {
    const [one, two] = [valueIn(a, head.cellIndex), valueIn(b, head.cellIndex)];
    return (isNumber ? Number(one) - Number(two) : one.localeCompare(two, "en")) * (way === "ascending" ? 1 : -1);
  };
  table.append(...[...table.tBodies].sort(compared));
}

function offerSorting(table: HTMLTableElement) {
  for (const head of table.querySelectorAll<HTMLTableCellElement>("thead th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(table, head));
    head.replaceChildren(button);
  }
}

function offerFilter(table: HTMLTableElement) {
  const field = byId("filter", HTMLInputElement);
  const count = byId("count", HTMLElement);
  const all = [...table.tBodies].map((row) => ({ row, text: simple(row.textContent) }));
  const show = () => {
    const typed = simple(field.value).split(/\s+/).filter(Boolean);
    for (const { row, text } of all) row.hidden = !typed.every((word) => text.includes(word));
    const shown = all.filter(({ row }) => !row.hidden).length;
    count.textContent = shown === all.length ? `${all.length} models` : `${shown} of ${all.length} models`;
  };
  field.addEventListener("input", show);
  // The browser may have kept what was typed.
  if (field.value) show();
}

/** Opens the model that the address names. */
function openNamed() {
  const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const details = row?.querySelector("details");
  if (!row || !details) return;
  details.open = true;
  row.scrollIntoView();
}

export function open() {
  setUpPage();
  const table = byId("models", HTMLTableElement);
  offerSorting(table);
  offerFilter(table);
  openNamed();
  addEventListener("hashchange", openNamed);
  void keepForOffline();
}

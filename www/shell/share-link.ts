// The link that is being built: where it leads, what it hides and locks, and the code that puts it into another page.
import { queryOf, type Preset } from "../kit/presets";
import { plainQuery } from "../kit/view";

/** What is chosen, besides what the present address says. */
export type Choice = Required<Pick<Preset, "hide" | "reveal" | "lock">> & Pick<Preset, "start" | "step" | "settings">;

export const NOTHING: Choice = { hide: [], reveal: [], lock: [], start: undefined, step: undefined, settings: {} };

/** What a link of one's own says of the view is chosen anew, and it never presents. */
const CHOSEN = ["hide", "reveal", "lock", "start", "step", "embed", "present", "clicker", "activity"];

/** @param here the present address @param photo a photo as text, which goes behind the "#" */
export function builtLink(here: string, choice: Choice, photo: string | null, embed = false) {
  const address = new URL(here);
  for (const name of CHOSEN) address.searchParams.delete(name);
  for (const [name, value] of Object.entries(queryOf(choice))) address.searchParams.set(name, value);
  if (embed) address.searchParams.set("embed", "");
  address.search = plainQuery(address.searchParams);
  address.hash = photo === null ? "" : `photo=${photo}`;
  return address.href;
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** Has a frame be as tall as its page says. */
const FITS = `<script>
addEventListener("message", (event) => {
  if (event.data?.glimpse !== "height") return;
  for (const frame of document.querySelectorAll("iframe")) if (frame.contentWindow === event.source) frame.height = event.data.height;
});
</script>`;

/**
 * The code that shows a link within another page.
 * @param fits with a script that makes the frame as tall as what it holds: some sites allow none
 */
export const embedCode = (link: string, title: string, fits: boolean) =>
  `<iframe src="${escaped(link)}" title="${escaped(title)}" width="100%" height="720" style="border:0" loading="lazy" allow="fullscreen; camera; clipboard-write"></iframe>${fits ? `\n${FITS}` : ""}`;

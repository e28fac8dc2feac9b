// The lesson that ships with the site, as a row of activities: which comes before and after the one that an address names.
import { addressOf, type PresetList } from "../kit/presets";
import course from "./course.json";

/** The page that lists them. */
const PAGE = "course.html";

/** The address of an activity, which says its number. */
export const activityAddress = (list: PresetList, index: number, more: Record<string, string> = {}) => addressOf(list.presets[index], { activity: String(index + 1), ...more });

/** Where the activities before and after this one are; null where the address names none. */
export function courseNeighbours(activity: string | null) {
  const list = course as PresetList;
  const index = activity === null ? NaN : Number(activity) - 1;
  if (!(index in list.presets)) return null;
  const at = (other: number) => new URL(other in list.presets ? activityAddress(list, other) : PAGE, document.baseURI).href;
  return { prev: at(index - 1), next: at(index + 1) };
}

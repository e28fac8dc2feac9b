// What the search finds in: loaded when the field is first used.
export { entries } from "virtual:search";
export { find } from "./find";

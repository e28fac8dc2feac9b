// What the build writes for the search: see build/search.ts.
declare module "virtual:search" {
  export const entries: readonly import("./search-entries").SearchEntry[];
}

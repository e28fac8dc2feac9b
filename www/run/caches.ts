// The names of the browser's caches. Each carries the folder that the site lies in: two copies of the site below one origin, such as
// example.org/a/ and example.org/b/, share the storage, and neither may delete what the other keeps.

/** @param base the absolute address of the site's folder, which is the service worker's scope */
export const cachesOf = (base: string) => ({
  /** HTML, scripts and styles: all of them, kept when the service worker is installed. */
  pages: `glimpse-pages ${base}`,
  /** The wasm and its glue, kept after their first use. */
  core: `glimpse-core ${base}`,
  /** The models' files, kept after their first use. */
  models: `glimpse-models ${base}`,
  /** Recorded runs and sample pictures that were shown. */
  shown: `glimpse-shown ${base}`,
  /** Which models run faster on the GPU. */
  choices: `glimpse-choices ${base}`,
});

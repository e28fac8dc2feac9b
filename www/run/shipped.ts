// The files that ship with the site, for a page that offers them as samples.
import { files } from "virtual:site";

/** The file `name` of a model, both as models/manifest.json calls them. */
export function shippedFile(model: string, name: string) {
  const file = files[model]?.[name];
  if (!file) throw new Error(`this site ships no ${model}/${name}`);
  return file;
}

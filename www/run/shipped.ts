// The files that ship with the site, for a page that offers them as samples.
import { files } from "virtual:site";
import { download } from "./download";

/** The file `name` of a model, both as models/manifest.json calls them. */
export function shippedFile(model: string, name: string) {
  const file = files[model]?.[name];
  if (!file) throw new Error(`this site ships no ${model}/${name}`);
  return file;
}

/** What stands in a text of a model; the one that the build wrote, or an error that says why not. */
export async function shippedText(model: string, name: string) {
  const { url, bytes, sha256 } = shippedFile(model, name);
  return new TextDecoder().decode(await download({ address: new URL(url, document.baseURI).href, bytes, sha256 }));
}

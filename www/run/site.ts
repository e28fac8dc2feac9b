// site.json, written by the build: every model with its files, figures and terms.
import type { Site } from "../kit/types";

const ROOT = new URL("../", import.meta.url);

/** A file of the site by its path. */
export const siteFile = (path: string) => fetch(new URL(path, ROOT));

export const fetchSite = async (): Promise<Site> => (await siteFile("site.json")).json();

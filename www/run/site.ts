// site.json, written by the build: every model with its files, figures and terms.
/** @import {Site} from "./types.js" */

const ROOT = new URL("../", import.meta.url);

/** A file of the site by its path. @param {string} path */
export const siteFile = (path) => fetch(new URL(path, ROOT));

/** @returns {Promise<Site>} */
export const fetchSite = async () => (await siteFile("site.json")).json();

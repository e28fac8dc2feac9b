// The pages of the site, and the states of its exhibits that the tests open.
export const EXHIBITS = ["draw.html", "captions.html"];
export const PAGES = ["index.html", ...EXHIBITS, "data.html"];

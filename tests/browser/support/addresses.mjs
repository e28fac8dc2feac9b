// The pages of the site, and the states of its exhibits that the tests open.
export const EXHIBITS = ["translate.html", "captions.html", "draw.html", "handwriting.html", "questions.html", "glimpses.html", "spatial.html", "birds.html", "actions.html", "saliency.html", "scales.html", "soft-lab.html", "crop-lab.html"];
/** The captioners that a page shows beside its first one. */
export const CAPTIONERS = ["captions.html?model=hard&sample=soccer", "captions.html?model=semantic&sample=dog"];
export const PAGES = ["index.html", ...EXHIBITS, "data.html"];
/** Former addresses and where they lead. */
export const MOVED = { "mix.html": "soft-lab.html", "boxes.html": "crop-lab.html" };

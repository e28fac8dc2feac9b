// The sample photos of the page.

/** @param {string} name */
export const samplePath = (name) => new URL(`../samples/${name}.jpg`, import.meta.url);

/** A sample as a canvas of its own size. @param {string} name */
export async function samplePicture(name) {
  const image = new Image();
  image.src = samplePath(name).href;
  await image.decode();
  const copy = document.createElement("canvas");
  copy.width = image.naturalWidth;
  copy.height = image.naturalHeight;
  copy.getContext("2d")?.drawImage(image, 0, 0);
  return copy;
}

// A photo of the visitor's own as a part of a link: scaled down until it is small enough, as WebP or JPEG. What stands behind the "#" of
// an address is sent to no server; whoever has the link sees the photo.

/** Bytes of the picture as text in the link. */
export const MOST = 40_000;
const SIDES = [512, 448, 384, 320, 256, 192, 128];
const QUALITIES = [0.82, 0.65, 0.5];

export interface SmallPhoto {
  text: string;
  width: number;
  height: number;
}

const urlSafe = (text: string) => text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

async function encoded(canvas: HTMLCanvasElement, quality: number) {
  const as = (type: string) => new Promise<Blob | null>((done) => canvas.toBlob(done, type, quality));
  const webp = await as("image/webp");
  // A browser that cannot write WebP gives PNG in its place.
  const blob = webp?.type === "image/webp" ? webp : await as("image/jpeg");
  return blob && new Uint8Array(await blob.arrayBuffer());
}

/** The largest small copy that a link can carry; null where the browser gives none. */
export async function smallPhoto(photo: HTMLCanvasElement): Promise<SmallPhoto | null> {
  const canvas = document.createElement("canvas");
  for (const side of SIDES) {
    const scale = Math.min(1, side / Math.max(photo.width, photo.height));
    [canvas.width, canvas.height] = [photo.width, photo.height].map((length) => Math.max(1, Math.round(length * scale)));
    const context = canvas.getContext("2d");
    if (!context) return null;
    context.imageSmoothingQuality = "high";
    context.drawImage(photo, 0, 0, canvas.width, canvas.height);
    for (const quality of QUALITIES) {
      const bytes = await encoded(canvas, quality);
      if (!bytes) return null;
      if (bytes.length * 4 > MOST * 3) continue;
      const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
      return { text: urlSafe(btoa(letters)), width: canvas.width, height: canvas.height };
    }
  }
  return null;
}

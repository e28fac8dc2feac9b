// The core decodes JPEG and PNG. What else the browser can show (WebP, AVIF, GIF, BMP …) reaches it as a PNG.

const MOST_PIXELS = 50_000_000;
const SIGNATURES = [
  [0xff, 0xd8, 0xff],
  [0x89, 0x50, 0x4e, 0x47],
];

/** A file as the core reads it. A file that the browser cannot show stays as it is: the core refuses it. */
export async function readable(bytes: Uint8Array): Promise<Uint8Array> {
  if (SIGNATURES.some((signature) => signature.every((byte, i) => bytes[i] === byte))) return bytes;
  try {
    const bitmap = await createImageBitmap(new Blob([bytes as BlobPart]));
    const { width, height } = bitmap;
    const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)));
    const canvas = new OffscreenCanvas(Math.max(1, Math.floor(width * scale)), Math.max(1, Math.floor(height * scale)));
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
  } catch {
    return bytes;
  }
}

// JPEG and PNG are decoded by the core. Whatever else the browser can show (WebP, AVIF, GIF, BMP …) reaches it as a PNG.

const MOST_PIXELS = 50_000_000;
const JPEG = [0xff, 0xd8, 0xff];
const PNG = [0x89, 0x50, 0x4e, 0x47];

/** A file as the core reads it; as it is where the browser cannot show it either, for the core to refuse. */
export async function readable(bytes: Uint8Array): Promise<Uint8Array> {
  if ([JPEG, PNG].some((signature) => signature.every((byte, i) => bytes[i] === byte))) return bytes;
  try {
    const bitmap = await createImageBitmap(new Blob([(bytes as BlobPart)]));
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

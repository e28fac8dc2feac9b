// What a PNG says of itself: its size on paper, its title and where it comes from (PNG, third edition, 11.3).
import { PIXEL } from "./scene";

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function crc(bytes: Uint8Array) {
  let value = 0xffffffff;
  for (const byte of bytes) value = CRC[(value ^ byte) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function chunk(type: string, data: Uint8Array) {
  const all = new Uint8Array(12 + data.length);
  const view = new DataView(all.buffer);
  view.setUint32(0, data.length);
  all.set(new TextEncoder().encode(type), 4);
  all.set(data, 8);
  view.setUint32(8 + data.length, crc(all.subarray(4, 8 + data.length)));
  return all;
}

/** Pixels a metre, the same in both directions. */
function resolution(scale: number) {
  const data = new Uint8Array(9);
  const view = new DataView(data.buffer);
  const metre = Math.round((1000 * scale) / PIXEL);
  view.setUint32(0, metre);
  view.setUint32(4, metre);
  data[8] = 1;
  return chunk("pHYs", data);
}

/** A keyword of PNG's, and what is said in UTF-8. */
const text = (keyword: string, said: string) => chunk("iTXt", new TextEncoder().encode(`${keyword}\0\0\0\0\0${said.replaceAll("\0", "")}`));

/** Where the first chunk, IHDR, ends: the signature has 8 bytes, a chunk 12 besides its data, here 13. */
const AFTER_HEADER = 8 + 12 + 13;

/** @param scale pixels of the picture in one of CSS */
export function labelled(png: Uint8Array, scale: number, texts: Record<string, string>): Uint8Array<ArrayBuffer> {
  const parts = [png.subarray(0, AFTER_HEADER), resolution(scale), ...Object.entries(texts).map(([keyword, said]) => text(keyword, said)), png.subarray(AFTER_HEADER)];
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

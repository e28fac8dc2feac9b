// Pictures that the tests make themselves: well-formed, turned, huge, broken.
import { readFile } from "node:fs/promises";
import { crc32, deflateSync } from "node:zlib";
import { SITE } from "./browser.mjs";

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function pngOf(width, height, scanlines) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(scanlines)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** An RGB PNG whose pixel (x, y) is `colour(x, y)`, three bytes. */
export function png(width, height, colour) {
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows.set(colour(x, y), y * (1 + 3 * width) + 1 + 3 * x);
  }
  return pngOf(width, height, rows);
}

/** A BMP of one colour, 24 bits a pixel. */
export function bmp(width, height, [red, green, blue]) {
  const row = Math.ceil((3 * width) / 4) * 4;
  const file = Buffer.alloc(54 + row * height);
  file.write("BM");
  file.writeUInt32LE(file.length, 2);
  [54, 40, width, height].forEach((value, i) => file.writeUInt32LE(value, 10 + 4 * i));
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) file.set([blue, green, red], 54 + y * row + 3 * x);
  return file;
}

/** A GIF of one black pixel. */
export const gif = () => Buffer.from("R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAkQBADs=", "base64");

/** A few hundred bytes that promise 144 megapixels. */
export const giantPng = () => pngOf(12_000, 12_000, Buffer.alloc(64));

/** A JPEG with an EXIF orientation put in front of its other segments. */
export function turnedJpeg(jpeg, orientation) {
  const tiff = Buffer.from("4d4d002a00000008" + "0001" + "0112" + "0003" + "00000001" + "00000000" + "00000000", "hex");
  tiff.writeUInt16BE(orientation, 18);
  const segment = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  const marker = Buffer.from([0xff, 0xe1, 0, segment.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), marker, segment, jpeg.subarray(2)]);
}

/** A photo that ships with the page. */
export const samplePhoto = (name) => readFile(`${SITE}samples/${name}`);

/** A file as the file input takes it. */
export const upload = (name, buffer, mimeType = "image/png") => ({ name, mimeType, buffer });

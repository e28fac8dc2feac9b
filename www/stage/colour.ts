// The page's own look-up of the four colour maps: 17 anchors each of matplotlib's tables, linear between them
// (at most two levels of 255 from the full table), so that a heatmap needs no wasm.
const ANCHORS = {
  viridis: "44015448186a472d7b4240863b528b33638d2c728e26828e21918c1f9f8827ad813dbc745cc86381d34daadc32d5e21afde725",
  magma: "0000040a08221d114736106b51127c6a1c818326819c2e7fb73779cf4070e55064f4695cfb8761fea571fec287fde0a1fcfdbf",
  cividis: "00224e002e6a1a386f32436d434e6c535a6d61656f6f70737d7c788b87789a9376aaa073bbad6dccba64ddc858efd748fee838",
  turbo: "30123b4040a2466be34294ff28bceb18ddc232f2986dfe62a4fc3ccbed34ecd13afdae35fb8122ec530fd23105ac17017a0403",
};

export type ColourMap = keyof typeof ANCHORS;
export const COLOUR_MAPS = Object.keys(ANCHORS) as ColourMap[];

/** The colours of 0, 1/16, 2/16, … 1: [17, 3] in 0..255. */
export function anchorsOf(name: ColourMap) {
  const hex = ANCHORS[name];
  return Float32Array.from({ length: hex.length / 2 }, (_, at) => parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}

const tables = new Map<ColourMap, Uint8Array>();

/** 256 RGB triples. */
export function colourTable(name: ColourMap) {
  const known = tables.get(name);
  if (known) return known;
  const anchors = anchorsOf(name);
  const at = (anchor: number, channel: number) => anchors[3 * anchor + channel];
  const table = new Uint8Array(768);
  for (let level = 0; level < 256; level++) {
    const place = (level / 255) * 16;
    const low = Math.min(15, Math.floor(place));
    for (let channel = 0; channel < 3; channel++) {
      table[3 * level + channel] = Math.round(
        at(low, channel) + (place - low) * (at(low + 1, channel) - at(low, channel)),
      );
    }
  }
  tables.set(name, table);
  return table;
}

/** The value of a CSS custom property under the present theme. */
export const ink = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

let reader: CanvasRenderingContext2D | null = null;

/** Red, green and blue, 0 to 255, of an opaque colour in any of CSS's spellings: the build shortens those of the style sheets. */
export function rgb(colour: string) {
  reader ??= document.createElement("canvas").getContext("2d");
  if (!reader) return [0, 0, 0];
  reader.fillStyle = colour;
  const read = reader.fillStyle;
  return [1, 3, 5].map((at) => parseInt(read.slice(at, at + 2), 16));
}

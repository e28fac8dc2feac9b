// Pictures that the core leaves to the browser (WebP, AVIF, SVG, colour profiles, arithmetic coding, cut files …): as the browser shows
// them, in a PNG that the core reads.
import { Refusal } from "./refusal";

const MOST_PIXELS = 50_000_000;
/** The longer side of what the core gets: the stage shows half as much. */
const LONGEST = 2048;
/** The longer side of a drawing, which has no pixels of its own. */
const DRAWN = 1024;

/** What the browser shows of a file; also of one whose end is missing. It rejects where that is nothing. */
function image(bytes: Uint8Array, type: string) {
  return new Promise<HTMLImageElement>((resolve, reject) => {
    const made = new Image();
    const url = URL.createObjectURL(new Blob([bytes as BlobPart], { type }));
    const over = (settle: () => void) => () => {
      settle();
      // The picture has been read, but is drawn before its address may go.
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    };
    made.addEventListener("load", over(() => resolve(made)));
    made.addEventListener("error", over(() => reject(new Error("the browser does not show it"))));
    made.src = url;
  });
}

async function drawn(bytes: Uint8Array): Promise<Uint8Array> {
  const isDrawing = new TextDecoder().decode(bytes.subarray(0, 1024)).trimStart().startsWith("<");
  const shown = await image(bytes, isDrawing ? "image/svg+xml" : "");
  const { naturalWidth: width, naturalHeight: height } = shown;
  if (width * height === 0) throw new Error("it has no pixels");
  if (width * height > MOST_PIXELS) {
    throw new Refusal("picture-too-large", `${width}×${height} is ${Math.round((width * height) / 1e6)} megapixels, and at most 50 are read`);
  }
  const longer = Math.max(width, height);
  const scale = isDrawing ? DRAWN / longer : Math.min(1, LONGEST / longer);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.imageSmoothingQuality = "high";
  context.drawImage(shown, 0, 0, canvas.width, canvas.height);
  const file = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (!file) throw new Error("no memory for it");
  return new Uint8Array(await file.arrayBuffer());
}

const known = new WeakMap<Uint8Array, Promise<Uint8Array>>();

/** The same file once: each run of it begins with the file as it was given. */
export function asShown(bytes: Uint8Array): Promise<Uint8Array> {
  const made = known.get(bytes) ?? drawn(bytes);
  known.set(bytes, made);
  return made;
}
